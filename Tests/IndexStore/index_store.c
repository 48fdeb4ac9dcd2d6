// The toolchain's library gives texts as structs by value and takes functions that return `bool`, which is
// for C to declare. It is opened by its path: the linker does not search where it lies.
#include "index_store.h"

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

typedef void *handle;

enum { dependencyIsRecord = 2, roleIsDefinition = 1 << 1 };

static struct {
  handle (*store_create)(const char *path, handle *error);
  bool (*store_units_apply_f)(handle store, unsigned sorted, handle context, bool (*)(handle, struct index_text unit));
  handle (*unit_reader_create)(handle store, const char *unit, handle *error);
  void (*unit_reader_dispose)(handle reader);
  bool (*unit_reader_dependencies_apply_f)(handle reader, handle context, bool (*)(handle, handle dependency));
  int (*unit_dependency_get_kind)(handle dependency);
  struct index_text (*unit_dependency_get_name)(handle dependency);
  struct index_text (*unit_dependency_get_filepath)(handle dependency);
  handle (*record_reader_create)(handle store, const char *record, handle *error);
  void (*record_reader_dispose)(handle reader);
  bool (*record_reader_occurrences_apply_f)(handle reader, handle context, bool (*)(handle, handle occurrence));
  handle (*occurrence_get_symbol)(handle occurrence);
  uint64_t (*occurrence_get_roles)(handle occurrence);
  void (*occurrence_get_line_col)(handle occurrence, unsigned *line, unsigned *column);
  struct index_text (*symbol_get_name)(handle symbol);
  struct index_text (*symbol_get_usr)(handle symbol);
} index_;

struct reading {
  handle store;
  const struct index_reader *reader;
  struct index_text file;
};

/// The library wants names with an end.
static const char *terminated(struct index_text text, char *buffer, size_t size) {
  if (text.length >= size) return NULL;
  for (size_t index = 0; index < text.length; index++) buffer[index] = text.bytes[index];
  buffer[text.length] = 0;
  return buffer;
}

static bool visit_occurrence(handle context, handle occurrence) {
  struct reading *reading = context;
  handle symbol = index_.occurrence_get_symbol(occurrence);
  struct index_mention mention = {
      .file = reading->file,
      .identifier = index_.symbol_get_usr(symbol),
      .name = index_.symbol_get_name(symbol),
      .isDefinition = index_.occurrence_get_roles(occurrence) & roleIsDefinition,
  };
  unsigned column;
  index_.occurrence_get_line_col(occurrence, &mention.line, &column);
  reading->reader->visit(reading->reader->context, mention);
  return true;
}

static bool read_record(struct reading *reading, const char *name) {
  handle error = NULL, record = index_.record_reader_create(reading->store, name, &error);
  if (!record) return false;
  index_.record_reader_occurrences_apply_f(record, reading, visit_occurrence);
  index_.record_reader_dispose(record);
  return true;
}

static bool visit_dependency(handle context, handle dependency) {
  struct reading *reading = context;
  char name[1024];
  if (index_.unit_dependency_get_kind(dependency) != dependencyIsRecord) return true;
  reading->file = index_.unit_dependency_get_filepath(dependency);
  if (!reading->reader->wants(reading->reader->context, reading->file)) return true;
  if (terminated(index_.unit_dependency_get_name(dependency), name, sizeof name)) read_record(reading, name);
  return true;
}

static bool visit_unit(handle context, struct index_text unit) {
  struct reading *reading = context;
  char name[1024];
  if (!terminated(unit, name, sizeof name)) return true;
  handle error = NULL, reader = index_.unit_reader_create(reading->store, name, &error);
  if (!reader) return true;
  index_.unit_reader_dependencies_apply_f(reader, reading, visit_dependency);
  index_.unit_reader_dispose(reader);
  return true;
}

static const char *open_index(const char *library, const char *store, struct reading *reading) {
  handle opened = dlopen(library, RTLD_NOW);
  if (!opened) return dlerror();
#define find(function) \
  if (!(*(void **)&index_.function = dlsym(opened, "indexstore_" #function))) return dlerror()
  find(store_create);
  find(store_units_apply_f);
  find(unit_reader_create);
  find(unit_reader_dispose);
  find(unit_reader_dependencies_apply_f);
  find(unit_dependency_get_kind);
  find(unit_dependency_get_name);
  find(unit_dependency_get_filepath);
  find(record_reader_create);
  find(record_reader_dispose);
  find(record_reader_occurrences_apply_f);
  find(occurrence_get_symbol);
  find(occurrence_get_roles);
  find(occurrence_get_line_col);
  find(symbol_get_name);
  find(symbol_get_usr);
  handle error = NULL;
  reading->store = index_.store_create(store, &error);
  return reading->store ? NULL : "the index cannot be opened";
}

const char *read_index(const char *library, const char *store, const struct index_reader *reader) {
  struct reading reading = {.reader = reader};
  const char *failure = open_index(library, store, &reading);
  if (!failure) index_.store_units_apply_f(reading.store, 0, &reading, visit_unit);
  return failure;
}

const char *read_index_record(
    const char *library, const char *store, const char *record, const char *file, const struct index_reader *reader) {
  struct reading reading = {.reader = reader, .file = {file, strlen(file)}};
  const char *failure = open_index(library, store, &reading);
  if (failure) return failure;
  return read_record(&reading, record) ? NULL : "the record cannot be read";
}
