#include <ctype.h>

static int lies_between(int character, int first, int last) {
  return (unsigned)character - (unsigned)first <= (unsigned)(last - first);
}

int isdigit(int character) { return lies_between(character, '0', '9'); }
int islower(int character) { return lies_between(character, 'a', 'z'); }
int isupper(int character) { return lies_between(character, 'A', 'Z'); }
int isalpha(int character) { return lies_between(character | 0x20, 'a', 'z'); }
int isalnum(int character) { return isalpha(character) || isdigit(character); }
int isascii(int character) { return lies_between(character, 0, 0x7F); }
int isblank(int character) { return character == ' ' || character == '\t'; }
int iscntrl(int character) { return lies_between(character, 0, 0x1F) || character == 0x7F; }
int isgraph(int character) { return lies_between(character, 0x21, 0x7E); }
int isprint(int character) { return lies_between(character, 0x20, 0x7E); }
int ispunct(int character) { return isgraph(character) && !isalnum(character); }
int isspace(int character) { return character == ' ' || lies_between(character, '\t', '\r'); }
int isxdigit(int character) {
  return isdigit(character) || lies_between(character | 0x20, 'a', 'f');
}
int tolower(int character) { return isupper(character) ? character | 0x20 : character; }
int toupper(int character) { return islower(character) ? character & ~0x20 : character; }
int toascii(int character) { return character & 0x7F; }
