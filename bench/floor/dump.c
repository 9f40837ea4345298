/*
 * dump links|addresses|routes COUNT RUNS: ask for the whole table and receive it, without a look at what is in it; at least COUNT entries
 * have to come. Prints the stamps of the whole and one duration for each run.
 */
#define _GNU_SOURCE
#include "netlink.h"

static int type_of(const char *table) {
  return strcmp(table, "links") == 0 ? RTM_GETLINK : strcmp(table, "addresses") == 0 ? RTM_GETADDR : RTM_GETROUTE;
}

/* How many messages came. */
static int dump(int fd, int type) {
  static char answer[32768];
  static unsigned int sequence;
  struct {
    struct nlmsghdr header;
    struct ifinfomsg any; /* the headers of the others are shorter, and empty, too */
    struct rtattr attribute;
    unsigned int mask;
  } request = {.header = {.nlmsg_len = sizeof request, .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP}};
  request.header.nlmsg_seq = ++sequence;
  request.attribute = (struct rtattr){.rta_len = RTA_LENGTH(4), .rta_type = IFLA_EXT_MASK};
  request.mask = RTEXT_FILTER_SKIP_STATS;
  if (type != RTM_GETLINK) request.header.nlmsg_len = NLMSG_LENGTH(type == RTM_GETADDR ? 8 : sizeof(struct rtmsg));
  if (send(fd, &request, request.header.nlmsg_len, 0) < 0) fail("send");
  for (int count = 0;;) {
    int length = recv(fd, answer, sizeof answer, 0);
    if (length < 0) fail("recv");
    for (struct nlmsghdr *message = (struct nlmsghdr *)answer; NLMSG_OK(message, length); message = NLMSG_NEXT(message, length)) {
      if (message->nlmsg_type == NLMSG_DONE) return count;
      count++;
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int fd = open_rtnetlink(0), type = type_of(argv[1]), count = atoi(argv[2]), runs = atoi(argv[3]);
  long long durations[1000];
  if (runs > 1000) return 2;
  dump(fd, type);

  long long start = now_ns(), before = start;
  for (int i = 0; i < runs; i++) {
    if (dump(fd, type) < count) return 1;
    durations[i] = now_ns() - before;
    before += durations[i];
  }
  report(start, before);
  for (int i = 0; i < runs; i++) printf("%lld\n", durations[i]);
  return 0;
}
