#include <cJSON.h>
#include <cJSON_Utils.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks.h"

#define CHECK(condition) \
  if (!(condition)) return __LINE__

int check_cjson(int number) {
  char text[256];
  snprintf(text, sizeof text,
           "{\"name\": \"caf\\u00e9 \\ud83d\\ude00\", \"number\": %d, \"list\": [1.5, -2e-3, 1e300, true, null]}",
           number);
  cJSON *root = cJSON_Parse(text);
  CHECK(root);
  CHECK(strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(root, "name")), "caf\xc3\xa9 \xf0\x9f\x98\x80") == 0);
  CHECK(cJSON_GetObjectItem(root, "number")->valueint == number);
  cJSON *list = cJSON_GetObjectItem(root, "list");
  CHECK(cJSON_GetArraySize(list) == 5);
  CHECK(cJSON_GetArrayItem(list, 1)->valuedouble == -2e-3);

  cJSON_AddNumberToObject(root, "third", 1.0 / 3);
  cJSON_ReplaceItemInArray(list, 4, cJSON_CreateString("end"));
  cJSON *patch = cJSON_Parse("[{\"op\": \"replace\", \"path\": \"/list/0\", \"value\": \"first\"},"
                             " {\"op\": \"remove\", \"path\": \"/name\"}]");
  CHECK(cJSONUtils_ApplyPatches(root, patch) == 0);
  char *written = cJSON_PrintUnformatted(root);
  char expected[256];
  snprintf(expected, sizeof expected,
           "{\"number\":%d,\"list\":[\"first\",-0.002,1e+300,true,\"end\"],\"third\":0.33333333333333331}", number);
  CHECK(strcmp(written, expected) == 0);
  cJSON *again = cJSON_Parse(written);
  CHECK(cJSON_Compare(root, again, 1));
  free(written);

  char *pretty = cJSON_Print(again);
  cJSON *read = cJSON_Parse(pretty);
  CHECK(cJSON_Compare(root, read, 1));
  free(pretty);
  CHECK(cJSON_Parse("{\"a\": [1, 2") == NULL && cJSON_GetErrorPtr());
  cJSON_Delete(read);
  cJSON_Delete(again);
  cJSON_Delete(patch);
  cJSON_Delete(root);
  return 0;
}
