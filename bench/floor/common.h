/* Shared by the floor programs: one clock, one way to fail. */
#ifndef FLOOR_COMMON_H
#define FLOOR_COMMON_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* CLOCK_MONOTONIC, the clock of Node's process.hrtime, so that stamps of different programs can be subtracted. */
static inline long long now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static inline void fail(const char *what) {
  fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* Every program that is measured answers with this line: two stamps of the same clock. */
static inline void report(long long start, long long end) { printf("%lld %lld\n", start, end); }

#endif
