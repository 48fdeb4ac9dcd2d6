#include "cxxchecks.h"

#include <stdio.h>
#include <string.h>
#include <tinyxml2.h>

using namespace tinyxml2;

#define CHECK(condition) \
  if (!(condition)) return __LINE__

namespace {
/// Counts elements and collects texts.
class Counter : public XMLVisitor {
 public:
  int elements = 0;
  char texts[64] = "";

  bool VisitEnter(const XMLElement &, const XMLAttribute *) override {
    elements++;
    return true;
  }
  bool Visit(const XMLText &text) override {
    strncat(texts, text.Value(), sizeof texts - strlen(texts) - 1);
    return true;
  }
};
}  // namespace

int check_tinyxml2(int number) {
  char text[256];
  snprintf(text, sizeof text,
           "<?xml version=\"1.0\"?><list count=\"%d\" ratio=\"0.25\" on=\"true\"><!-- none -->"
           "<item>a &amp; b</item><item hex=\"0x1F\"><![CDATA[<c>]]></item></list>", number);
  XMLDocument document;
  CHECK(document.Parse(text) == XML_SUCCESS);
  XMLElement *list = document.RootElement();
  int count = 0;
  double ratio = 0;
  bool isOn = false;
  CHECK(list->QueryIntAttribute("count", &count) == XML_SUCCESS && count == number);
  CHECK(list->QueryDoubleAttribute("ratio", &ratio) == XML_SUCCESS && ratio == 0.25);
  CHECK(list->QueryBoolAttribute("on", &isOn) == XML_SUCCESS && isOn);
  CHECK(list->QueryIntAttribute("none", &count) == XML_NO_ATTRIBUTE);
  CHECK(list->LastChildElement()->IntAttribute("hex") == 0x1F);

  Counter counter;
  document.Accept(&counter);
  CHECK(counter.elements == 3 && strcmp(counter.texts, "a & b<c>") == 0);

  XMLElement *last = list->InsertNewChildElement("item");
  last->SetAttribute("half", 0.5);
  last->SetText(-7);
  list->DeleteChild(list->FirstChild());
  XMLPrinter printer(nullptr, true);
  document.Print(&printer);
  CHECK(strstr(printer.CStr(), "<item>a &amp; b</item>") && strstr(printer.CStr(), "<item half=\"0.5\">-7</item></list>"));
  CHECK(!strstr(printer.CStr(), "none"));

  XMLDocument again;
  CHECK(again.Parse(printer.CStr()) == XML_SUCCESS);
  CHECK(again.RootElement()->LastChildElement()->IntText() == -7);
  CHECK(again.Parse("<a><b></a>") == XML_ERROR_MISMATCHED_ELEMENT && again.ErrorLineNum() == 1);
  CHECK(again.LoadFile("none.xml") == XML_ERROR_FILE_NOT_FOUND);
  return 0;
}
