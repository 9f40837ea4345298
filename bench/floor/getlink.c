/* getlink COUNT: ask for the loopback link COUNT times, one send and one receive each. */
#define _GNU_SOURCE
#include "netlink.h"

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int count = atoi(argv[1]), fd = open_rtnetlink(0);
  static char answer[32768];
  struct {
    struct nlmsghdr header;
    struct ifinfomsg link;
  } request = {
      .header = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST},
      .link = {.ifi_index = 1},
  };

  long long start = now_ns();
  for (int i = 0; i < count; i++) {
    request.header.nlmsg_seq = i + 1;
    if (send(fd, &request, sizeof request, 0) < 0) fail("send");
    if (recv(fd, answer, sizeof answer, 0) < 0) fail("recv");
    struct nlmsghdr *header = (struct nlmsghdr *)answer;
    if (header->nlmsg_type != RTM_NEWLINK || header->nlmsg_seq != (unsigned int)i + 1) {
      fprintf(stderr, "floor: unexpected answer, type %d\n", header->nlmsg_type);
      return 1;
    }
  }
  report(start, now_ns());
  return 0;
}
