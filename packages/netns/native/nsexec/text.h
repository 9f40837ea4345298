/* Text without a C library, and the one way in which nsexec fails. */
#ifndef NSEXEC_TEXT_H
#define NSEXEC_TEXT_H

#include "../sys.h"

#include "errno-texts.h" /* generated from src/errno.ts */

#include <linux/fcntl.h>

#define PATH_SIZE 4096

static long report_fd = -1;

/* Where there is no C library, the compiler still wants these two. */
void *memcpy(void *to, const void *from, size_t n) {
  for (size_t i = 0; i < n; i++) ((char *)to)[i] = ((const char *)from)[i];
  return to;
}
void *memset(void *to, int c, size_t n) {
  for (size_t i = 0; i < n; i++) ((volatile char *)to)[i] = (char)c;
  return to;
}

static int same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

static long to_number(const char *s) {
  long sign = *s == '-' ? (s++, -1) : 1, n = 0;
  while (*s >= '0' && *s <= '9') n = n * 10 + (*s++ - '0');
  return sign * n;
}

/* Joins the parts into out; -ENAMETOOLONG if they do not fit. */
static long join(char *out, size_t room, const char *const *parts, unsigned count) {
  size_t used = 0;
  for (unsigned i = 0; i < count; i++) {
    size_t n = string_length(parts[i]);
    if (used + n >= room) return -ENAMETOOLONG;
    memcpy(out + used, parts[i], n);
    used += n;
  }
  out[used] = 0;
  return (long)used;
}
#define JOIN(out, ...) join(out, sizeof(out), (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static const char *error_text(long error) {
  for (unsigned i = 0; i < sizeof error_texts / sizeof *error_texts; i++)
    if (error_texts[i].number == error) return error_texts[i].text;
  return "Unknown error";
}

/* In one write, however long the text is. */
static void complain(const char *what, long error) {
  const char *parts[] = {what, ": ", error_text(error), "\n"};
  struct { const char *text; size_t length; } line[4];
  for (unsigned i = 0; i < 4; i++) line[i].text = parts[i], line[i].length = string_length(parts[i]);
  sys3(__NR_writev, 2, (long)line, 4);
}

static void decimal(char *out, long n) {
  char digits[24];
  int i = 0;
  do digits[i++] = (char)('0' + n % 10); while (n /= 10);
  while (i) *out++ = digits[--i];
  *out = 0;
}

__attribute__((noreturn)) static void fail(const char *text, long step, long error, long status) {
  char line[64], a[24], b[24];
  if (report_fd >= 0) {
    decimal(a, step), decimal(b, error);
    sys3(__NR_write, report_fd, (long)line, JOIN(line, a, " ", b, "\n"));
  } else if (*text) {
    complain(text, error);
  }
  for (;;) sys1(__NR_exit_group, status);
}

#endif
