// As Webble.c, for the library JavaScript.
void webble_javascript_settle(void);
void (*const webble_compiled_javascript)(void) = webble_javascript_settle;
