/// There is one locale: "C".
#ifndef _WEBBLE_LOCALE_H
#define _WEBBLE_LOCALE_H
#ifdef __cplusplus
extern "C" {
#endif
#define LC_CTYPE 0
#define LC_NUMERIC 1
#define LC_TIME 2
#define LC_COLLATE 3
#define LC_MONETARY 4
#define LC_MESSAGES 5
#define LC_ALL 6
struct lconv { char *decimal_point, *thousands_sep, *grouping; };
/// "C" for null, "", "C" and "POSIX"; else null.
char *setlocale(int category, const char *name);
struct lconv *localeconv(void);
#ifdef __cplusplus
}
#endif
#endif
