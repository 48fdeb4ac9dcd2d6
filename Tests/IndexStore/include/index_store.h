#pragma once
#include <stdbool.h>
#include <stddef.h>

/// A text of the store's, without an end of its own.
struct index_text {
  const char *bytes;
  size_t length;
};

/// Where a name stands in a file, and whether it is declared there.
struct index_mention {
  struct index_text file;
  unsigned line;
  /// The same for all mentions of one declaration.
  struct index_text identifier;
  struct index_text name;
  bool isDefinition;
};

/// What to do with what an index tells.
struct index_reader {
  void *context;
  /// Whether mentions in this file are wanted.
  bool (*wants)(void *context, struct index_text file);
  void (*visit)(void *context, struct index_mention mention);
};

/// Reads all files of an index that the Swift compiler has written (`-index-store-path`). `library` is the path of
/// libIndexStore, a part of the toolchain. Returns NULL, or what went wrong.
const char *read_index(const char *library, const char *store, const struct index_reader *reader);

/// Reads what is told of one file, `file`, in a record of that name. The compiler's check of types alone writes
/// records, but no list of them that is whole.
const char *read_index_record(
    const char *library, const char *store, const char *record, const char *file, const struct index_reader *reader);
