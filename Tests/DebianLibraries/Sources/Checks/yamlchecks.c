#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "checks.h"

#define CHECK(condition) \
  if (!(condition)) return __LINE__

static int append(void *buffer, unsigned char *bytes, size_t size) {
  strncat(buffer, (char *)bytes, size);
  return 1;
}

/// Reads `text` and writes it again by its events.
static int copy(const char *text, char *written, int *scalars) {
  yaml_parser_t parser;
  yaml_emitter_t emitter;
  CHECK(yaml_parser_initialize(&parser));
  CHECK(yaml_emitter_initialize(&emitter));
  yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
  yaml_emitter_set_output(&emitter, append, written);
  int is_done = 0;
  while (!is_done) {
    yaml_event_t event;
    if (!yaml_parser_parse(&parser, &event)) {
      yaml_parser_delete(&parser);
      yaml_emitter_delete(&emitter);
      return -1;
    }
    is_done = event.type == YAML_STREAM_END_EVENT;
    if (event.type == YAML_SCALAR_EVENT) ++*scalars;
    CHECK(yaml_emitter_emit(&emitter, &event));
  }
  yaml_parser_delete(&parser);
  yaml_emitter_delete(&emitter);
  return 0;
}

int check_yaml(int number) {
  char text[512], first[1024] = "", second[1024] = "";
  snprintf(text, sizeof text,
           "name: &anchor \"caf\\u00e9\"\nnumbers: [%d, 2.5, 0x1F]\nnested:\n  - *anchor\n  - |\n    two\n    lines\n"
           "  - {a: b, c: 'd''e'}\n", number);
  int scalars = 0, again = 0;
  CHECK(copy(text, first, &scalars) == 0);
  CHECK(scalars == 12);
  CHECK(strstr(first, "&anchor") && strstr(first, "- *anchor") && strstr(first, "two\n"));
  // What was written is read as the same, and written the same.
  CHECK(copy(first, second, &again) == 0);
  CHECK(again == scalars && strcmp(first, second) == 0);
  int none = 0;
  CHECK(copy("a: [1, 2\nb: }", second, &none) == -1);
  return 0;
}
