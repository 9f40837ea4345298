/*
 * spawn DIR COUNT FLIGHT PROGRAM: run PROGRAM once in each of the named network namespaces b0, b1, ... in DIR, FLIGHT at a time.
 *
 * Per child what nobody can do without: open the name, a child that borrows our memory, setns, exec, wait.
 */
#define _GNU_SOURCE
#include "common.h"
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  int count = atoi(argv[2]), flight = atoi(argv[3]), running = 0;
  char path[4096], *program[] = {argv[4], NULL};

  long long start = now_ns();
  for (int i = 0; i < count; i++) {
    snprintf(path, sizeof path, "%s/b%d", argv[1], i);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail(path);
    if (running == flight && wait(NULL) > 0) running--;
    pid_t pid = vfork();
    if (pid < 0) fail("vfork");
    if (pid == 0) {
      if (setns(fd, CLONE_NEWNET)) _exit(126);
      execve(argv[4], program, environ);
      _exit(127);
    }
    close(fd);
    running++;
  }
  while (wait(NULL) > 0) continue;
  report(start, now_ns());
  return 0;
}
