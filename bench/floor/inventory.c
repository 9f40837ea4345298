/*
 * inventory DIR COUNT RUNS: links, addresses, routes and neighbours of the named network namespaces b0, b1, ... in DIR. Prints the stamps of
 * the whole, then the durations of RUNS times with opening a socket in each, and of RUNS times more, over the last sockets.
 */
#define _GNU_SOURCE
#include "dump.h"
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

static int open_inside(const char *directory, int number) {
  char path[4096];
  snprintf(path, sizeof path, "%s/b%d", directory, number);
  int namespace = open(path, O_RDONLY | O_CLOEXEC);
  if (namespace < 0 || setns(namespace, CLONE_NEWNET)) fail(path);
  close(namespace);
  return open_rtnetlink(0);
}

static void read_all(int socket) {
  static const int types[] = {RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH}, least[] = {2, 2, 2, 0};
  for (int i = 0; i < 4; i++)
    if (dump(socket, types[i]) < least[i]) fail("something is missing");
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int count = atoi(argv[2]), runs = atoi(argv[3]), *sockets = calloc(count, sizeof *sockets);
  long long durations[200];
  struct rlimit files = {count + 64, count + 64};
  setrlimit(RLIMIT_NOFILE, &files);
  if (runs > 100) return 2;
  /* Ours would end when we leave it, and with the bridge the devices of all. */
  if (open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC) < 0) fail("/proc/self/ns/net");

  long long start = now_ns();
  for (int run = 0; run < 2 * runs; run++) {
    for (int i = 0; 0 < run && run < runs && i < count; i++) close(sockets[i]);
    long long before = now_ns();
    for (int i = 0; i < count; i++) {
      if (run < runs) sockets[i] = open_inside(argv[1], i);
      read_all(sockets[i]);
    }
    durations[run] = now_ns() - before;
  }
  report(start, now_ns());
  for (int run = 0; run < 2 * runs; run++) printf("%lld\n", durations[run]);
  return 0;
}
