/// What the libraries are made to do. Each returns 0, or the line of the check that was not met.
#ifndef CHECKS_H
#define CHECKS_H

/// zlib: texts of `size` bytes are deflated and inflated again, at each level, whole and in small parts.
int check_zlib(unsigned size, unsigned seed);
/// cJSON: a document is read, changed, patched and written.
int check_cjson(int number);
/// libyaml: a document is read as events, and written again.
int check_yaml(int number);

#endif
