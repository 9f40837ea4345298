/*
 * sockets DIR COUNT: COUNT TCP sockets, connected in pairs over loopback, in the named network namespace b0 in DIR, in processes of 500 each.
 * Prints a line when all are there; they end with this process, which ends with its standard input.
 */
#define _GNU_SOURCE
#include "common.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OF_EACH = 500 };

static int tcp_socket(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  return fd;
}

static void bring_up_loopback(void) {
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  int fd = tcp_socket();
  if (ioctl(fd, SIOCSIFFLAGS, &request)) fail("lo up");
  close(fd);
}

static void open_pairs(int count) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = tcp_socket();
  if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1)) fail("listen");
  if (getsockname(listener, (struct sockaddr *)&address, &size)) fail("getsockname");
  for (int i = 0; i < count; i++) {
    if (connect(tcp_socket(), (struct sockaddr *)&address, size)) fail("connect");
    if (accept4(listener, NULL, NULL, SOCK_CLOEXEC) < 0) fail("accept");
  }
  close(listener);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  char path[4096];
  int count = atoi(argv[2]), ready[2];
  snprintf(path, sizeof path, "%s/b0", argv[1]);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || setns(fd, CLONE_NEWNET) || pipe(ready)) fail(path);
  bring_up_loopback();
  for (int left = count; left > 0; left -= OF_EACH) {
    pid_t parent = getpid(), pid = fork();
    if (pid < 0) fail("fork");
    if (pid > 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(0), close(1);
    open_pairs((left < OF_EACH ? left : OF_EACH) / 2);
    if (write(ready[1], "", 1) != 1) fail("ready");
    close(ready[1]);
    while (getppid() == parent) pause();
    return 0;
  }
  close(ready[1]);
  for (int left = count; left > 0; left -= OF_EACH)
    if (read(ready[0], path, 1) != 1) fail("a process has ended early");
  puts("ready");
  fflush(stdout);
  return read(0, path, 1) < 0;
}
