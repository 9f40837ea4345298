/*
 * event COUNT REST: how long from a change (a route is made, or deleted) until it is heard of, on a socket of this process. Between two
 * changes it rests for REST milliseconds.
 * event COUNT REST PROGRAM...: until PROGRAM, which follows the routes, has printed something.
 *
 * Prints the stamps of all and one duration for each change.
 */
#define _GNU_SOURCE
#include "netlink.h"
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

static struct batch batch;

static void change(int number) {
  struct rtmsg route = {.rtm_family = AF_INET, .rtm_dst_len = 32, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_BOOT,
                        .rtm_type = RTN_BLACKHOLE};
  int type = number % 2 ? RTM_DELROUTE : RTM_NEWROUTE;
  struct nlmsghdr *message = begin_change(&batch, type, number % 2 ? 0 : NLM_F_CREATE | NLM_F_EXCL, &route, sizeof route);
  add_u32(message, RTA_DST, htonl(0x0a000001));
  end_change(&batch);
  flush_batch(&batch);
}

static int listen_to(char **program) {
  int ends[2];
  if (pipe(ends)) fail("pipe");
  pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(ends[1], 1);
    execvp(program[0], program);
    fail(program[0]);
  }
  close(ends[1]);
  return ends[0];
}

/* Waits for so long, then takes what has come; whether something has. */
static int heard(int events, int milliseconds) {
  static char buffer[65536];
  struct pollfd wait = {.fd = events, .events = POLLIN};
  return poll(&wait, 1, milliseconds) > 0 && read(events, buffer, sizeof buffer) > 0;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int count = atoi(argv[1]), rest = atoi(argv[2]), number = 0;
  int events = argc > 3 ? listen_to(argv + 3) : open_rtnetlink(RTMGRP_IPV4_ROUTE);
  long long *durations = calloc(count, sizeof *durations);
  batch.fd = open_rtnetlink(0);
  do change(number++);
  while (!heard(events, 100)); /* until the program is ready */
  while (heard(events, 100)) continue;

  long long start = now_ns();
  for (int i = 0; i < count; i++) {
    long long before = now_ns();
    change(number++);
    if (!heard(events, 10000)) fail("nothing was heard");
    durations[i] = now_ns() - before;
    while (heard(events, rest)) continue;
  }
  report(start, now_ns());
  for (int i = 0; i < count; i++) printf("%lld\n", durations[i]);
  return 0;
}
