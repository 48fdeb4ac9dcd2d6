#include <string.h>
#include <time.h>

struct output { char *text; size_t size, count; };

static void put(struct output *output, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (output->count < output->size) output->text[output->count] = text[i];
    output->count++;
  }
}

static void put_number(struct output *output, long long value, int width, char fill) {
  char digits[24];
  int at = sizeof digits;
  unsigned long long rest = value < 0 ? -(unsigned long long)value : (unsigned long long)value;
  do digits[--at] = (char)('0' + rest % 10);
  while (rest /= 10);
  while ((int)sizeof digits - at < width - (value < 0)) digits[--at] = fill;
  if (value < 0) digits[--at] = '-';
  put(output, digits + at, sizeof digits - (size_t)at);
}

static void put_name(struct output *output, const char *names, int count, int index, size_t length) {
  if (index < 0 || index >= count) return put(output, "?", 1);
  while (index--) names += strlen(names) + 1;
  size_t whole = strlen(names);
  put(output, names, length && length < whole ? length : whole);
}

/// The week of ISO 8601 and its year: weeks begin on Monday, and belong to the year of their Thursday.
static int iso_week(const struct tm *fields, long long *year) {
  *year = fields->tm_year + 1900LL;
  int weekday = (fields->tm_wday + 6) % 7, thursday = fields->tm_yday - weekday + 3;
  for (int turn = 0; turn < 2; turn++) {
    long long y = thursday < 0 ? *year - 1 : *year;
    int length = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) ? 366 : 365;
    if (thursday < 0) {
      thursday += length;
      *year -= 1;
    } else if (thursday >= length) {
      thursday -= length;
      *year += 1;
    }
  }
  return thursday / 7 + 1;
}

static int format_into(struct output *output, const char *format, const struct tm *fields) {
  static const char days[] = "Sunday\0Monday\0Tuesday\0Wednesday\0Thursday\0Friday\0Saturday";
  static const char months[] = "January\0February\0March\0April\0May\0June\0July\0August\0September\0"
                               "October\0November\0December";
  for (; *format; format++) {
    if (*format != '%') {
      put(output, format, 1);
      continue;
    }
    format++;
    if (*format == 'E' || *format == 'O') format++;
    long long year = fields->tm_year + 1900LL;
    int hour = fields->tm_hour % 12 ? fields->tm_hour % 12 : 12, week;
    switch (*format) {
    case 'a': put_name(output, days, 7, fields->tm_wday, 3); break;
    case 'A': put_name(output, days, 7, fields->tm_wday, 0); break;
    case 'b':
    case 'h': put_name(output, months, 12, fields->tm_mon, 3); break;
    case 'B': put_name(output, months, 12, fields->tm_mon, 0); break;
    case 'c': if (!format_into(output, "%a %b %e %H:%M:%S %Y", fields)) return 0; break;
    case 'C': put_number(output, year / 100, 2, '0'); break;
    case 'd': put_number(output, fields->tm_mday, 2, '0'); break;
    case 'D': format_into(output, "%m/%d/%y", fields); break;
    case 'e': put_number(output, fields->tm_mday, 2, ' '); break;
    case 'F': format_into(output, "%Y-%m-%d", fields); break;
    case 'g': iso_week(fields, &year); put_number(output, (year % 100 + 100) % 100, 2, '0'); break;
    case 'G': iso_week(fields, &year); put_number(output, year, 1, '0'); break;
    case 'H': put_number(output, fields->tm_hour, 2, '0'); break;
    case 'I': put_number(output, hour, 2, '0'); break;
    case 'j': put_number(output, fields->tm_yday + 1, 3, '0'); break;
    case 'm': put_number(output, fields->tm_mon + 1, 2, '0'); break;
    case 'M': put_number(output, fields->tm_min, 2, '0'); break;
    case 'n': put(output, "\n", 1); break;
    case 'p': put(output, fields->tm_hour < 12 ? "AM" : "PM", 2); break;
    case 'r': format_into(output, "%I:%M:%S %p", fields); break;
    case 'R': format_into(output, "%H:%M", fields); break;
    case 's': {
      struct tm copy = *fields;
      put_number(output, timegm(&copy), 1, '0');
      break;
    }
    case 'S': put_number(output, fields->tm_sec, 2, '0'); break;
    case 't': put(output, "\t", 1); break;
    case 'T':
    case 'X': format_into(output, "%H:%M:%S", fields); break;
    case 'u': put_number(output, fields->tm_wday ? fields->tm_wday : 7, 1, '0'); break;
    case 'U': put_number(output, (fields->tm_yday + 7 - fields->tm_wday) / 7, 2, '0'); break;
    case 'V': week = iso_week(fields, &year); put_number(output, week, 2, '0'); break;
    case 'w': put_number(output, fields->tm_wday, 1, '0'); break;
    case 'W': put_number(output, (fields->tm_yday + 7 - (fields->tm_wday + 6) % 7) / 7, 2, '0'); break;
    case 'x': format_into(output, "%m/%d/%y", fields); break;
    case 'y': put_number(output, (year % 100 + 100) % 100, 2, '0'); break;
    case 'Y': put_number(output, year, 1, '0'); break;
    case 'z': put(output, "+0000", 5); break;
    case 'Z': put(output, "UTC", 3); break;
    case '%': put(output, "%", 1); break;
    default: return 0;
    }
  }
  return 1;
}

/// 0 if the text does not fit, or the format has a conversion that C does not know.
size_t strftime(char *restrict text, size_t size, const char *restrict format,
                const struct tm *restrict fields) {
  struct output output = {text, size, 0};
  if (!format_into(&output, format, fields) || output.count >= size) {
    if (size) *text = 0;
    return 0;
  }
  text[output.count] = 0;
  return output.count;
}
