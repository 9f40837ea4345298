/*
 * create DIR COUNT: make COUNT named network namespaces b0, b1, ... in DIR.
 *
 * Per name the four calls that nobody can do without: create the file, make the namespace, bind the one onto the
 * other. The directory is made shared first, as `ip netns add` does, because a mount below a shared mount costs more.
 */
#define _GNU_SOURCE
#include "common.h"
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int count = atoi(argv[2]);
  char path[4096];

  long long start = now_ns();
  if (mount("", argv[1], "none", MS_SHARED | MS_REC, NULL)) fail("make shared");
  for (int i = 0; i < count; i++) {
    snprintf(path, sizeof path, "%s/b%d", argv[1], i);
    int fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
    if (fd < 0) fail(path);
    close(fd);
    if (unshare(CLONE_NEWNET)) fail("unshare");
    if (mount("/proc/self/ns/net", path, "none", MS_BIND, NULL)) fail(path);
  }
  report(start, now_ns());
  return 0;
}
