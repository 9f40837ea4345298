/*
 * look: which namespaces every process is in: reads the links of /proc/PID/ns, all types. What nobody can do without who asks /proc:
 * the list of processes, and for each a directory that is opened and eight links that are read.
 */
#define _GNU_SOURCE
#include "common.h"
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

static const char *const types[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};

int main(void) {
  long long start = now_ns();
  char path[64], link[64];
  long links = 0;
  DIR *proc = opendir("/proc");
  if (!proc) fail("/proc");
  for (struct dirent *entry; (entry = readdir(proc));) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    snprintf(path, sizeof path, "%s/ns", entry->d_name);
    int directory = openat(dirfd(proc), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) continue;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) links += readlinkat(directory, types[i], link, sizeof link) > 0;
    close(directory);
  }
  closedir(proc);
  if (links == 0) return 1;
  report(start, now_ns());
  return 0;
}
