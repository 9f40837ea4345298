/*
 * dump links|addresses|routes COUNT RUNS: ask for the whole table and receive it, without a look at what is in it; at least COUNT entries
 * have to come. Prints the stamps of the whole and one duration for each run.
 */
#define _GNU_SOURCE
#include "dump.h"

static int type_of(const char *table) {
  return strcmp(table, "links") == 0 ? RTM_GETLINK : strcmp(table, "addresses") == 0 ? RTM_GETADDR : RTM_GETROUTE;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int fd = open_rtnetlink(0), type = type_of(argv[1]), count = atoi(argv[2]), runs = atoi(argv[3]);
  long long durations[1000];
  if (runs > 1000) return 2;
  dump(fd, type);

  long long start = now_ns(), before = start;
  for (int i = 0; i < runs; i++) {
    if (dump(fd, type) < count) return 1;
    durations[i] = now_ns() - before;
    before += durations[i];
  }
  report(start, before);
  for (int i = 0; i < runs; i++) printf("%lld\n", durations[i]);
  return 0;
}
