#ifndef CXXCHECKS_H
#define CXXCHECKS_H
#ifdef __cplusplus
extern "C" {
#endif

/// tinyxml2: a document is read, visited, changed and written. Returns 0, or the line of the check that was not
/// met.
int check_tinyxml2(int number);

#ifdef __cplusplus
}
#endif
#endif
