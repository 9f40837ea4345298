/* enter PATH PROGRAM [ARGUMENT...]: run PROGRAM in the network namespace at PATH: open, setns, exec. */
#define _GNU_SOURCE
#include "common.h"
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(argv[1]);
  if (setns(fd, CLONE_NEWNET)) fail("setns");
  execvp(argv[2], argv + 2);
  fail(argv[2]);
}
