/*
 * delete DIR COUNT: remove the names b0, b1, ... from DIR: detach the mount, unlink the file.
 * delete DIR all:   the same in one call, by detaching the file system that holds the whole directory.
 */
#define _GNU_SOURCE
#include "common.h"
#include <sys/mount.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  char path[4096];

  long long start = now_ns();
  if (strcmp(argv[2], "all") == 0) {
    if (umount2(argv[1], MNT_DETACH)) fail(argv[1]);
  } else {
    int count = atoi(argv[2]);
    for (int i = 0; i < count; i++) {
      snprintf(path, sizeof path, "%s/b%d", argv[1], i);
      if (umount2(path, MNT_DETACH) || unlink(path)) fail(path);
    }
  }
  report(start, now_ns());
  return 0;
}
