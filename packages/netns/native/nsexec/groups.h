/* Taking away a control group, with all that a command has left in it: processes, and groups that it has made inside. */
#ifndef NSEXEC_GROUPS_H
#define NSEXEC_GROUPS_H

#include "steps.h"

#define ENTRY_DIRECTORY 4 /* DT_DIR */
#define SIGNAL_KILL 9

/* A group of version 2 can end all that is in it and below (Linux 5.14); else those are read who are in this one group. */
static void kill_members(const char *group) {
  char path[PATH_SIZE], list[4096];
  if (JOIN(path, group, "/cgroup.kill") > 0) do_write((char *[]){path, "1"});
  if (JOIN(path, group, "/cgroup.procs") < 0) return;
  long fd = open_path(path, O_RDONLY), length = fd < 0 ? fd : sys3(__NR_read, fd, (long)list, sizeof list - 1);
  sys1(__NR_close, fd);
  list[length > 0 ? length : 0] = 0;
  for (char *line = list; *line; line++) {
    long pid = to_number(line);
    if (pid > 0) sys2(__NR_kill, pid, SIGNAL_KILL);
    while (*line && *line != '\n') line++;
    if (!*line) return;
  }
}

/* Leads the path on to the first group inside, if there is one. */
static int go_inside(char *path) {
  char buffer[4096] __attribute__((aligned(8)));
  size_t end = string_length(path);
  long length, fd = open_path(path, O_RDONLY | O_DIRECTORY);
  while (!path[end] && (length = sys3(__NR_getdents64, fd, (long)buffer, sizeof buffer)) > 0)
    for (long at = 0; at < length && !path[end];) {
      struct entry *entry = (struct entry *)(buffer + at);
      at += entry->length;
      if (entry->type != ENTRY_DIRECTORY || same(entry->name, ".") || same(entry->name, "..")) continue;
      if (join(path + end, PATH_SIZE - end, (const char *const[]){"/", entry->name}, 2) < 0) path[end] = 0;
    }
  sys1(__NR_close, fd);
  return path[end] != 0;
}

/* Removes the innermost of the first groups inside, having ended who is in them. */
static long clear_inside(const char *group) {
  static char path[PATH_SIZE];
  if (JOIN(path, group) < 0) return -ENAMETOOLONG;
  do kill_members(path); while (go_inside(path));
  return same(path, group) ? -EBUSY : sys3(__NR_unlinkat, AT_FDCWD, (long)path, AT_REMOVEDIR);
}

/* It is busy until the kernel has taken leave of its last process: up to a second of patience. */
static long do_rmgroup(char **a) {
  struct { long seconds, nanoseconds; } pause = {0, 5000000};
  long error = 0;
  for (int waits = 0; waits < 200;) {
    error = sys3(__NR_unlinkat, AT_FDCWD, (long)a[0], AT_REMOVEDIR);
    if (error != -EBUSY) break;
    if (clear_inside(a[0]) < 0) sys2(__NR_nanosleep, (long)&pause, 0), waits++;
  }
  return error;
}

#endif
