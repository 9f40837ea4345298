/*
 * crowd DIR COUNT: a process in each of the named network namespaces b0, b1, ... in DIR. Prints a line when all are there; they end
 * with this process, which ends with its standard input.
 */
#define _GNU_SOURCE
#include "common.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  char path[4096];
  for (int i = 0; i < atoi(argv[2]); i++) {
    snprintf(path, sizeof path, "%s/b%d", argv[1], i);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || setns(fd, CLONE_NEWNET)) fail(path);
    close(fd);
    pid_t parent = getpid(), pid = fork();
    if (pid < 0) fail("fork");
    if (pid > 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(0), close(1);
    while (getppid() == parent) pause();
    return 0;
  }
  puts("ready");
  fflush(stdout);
  return read(0, path, 1) < 0;
}
