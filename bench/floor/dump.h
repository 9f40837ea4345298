/* Asking for a whole table, without a look at what is in it. */
#ifndef FLOOR_DUMP_H
#define FLOOR_DUMP_H

#include "netlink.h"

/* How many messages came. */
static inline int dump(int fd, int type) {
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
  if (type != RTM_GETLINK) request.header.nlmsg_len = NLMSG_LENGTH(type == RTM_GETADDR ? sizeof(struct ifaddrmsg) : sizeof(struct rtmsg));
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

#endif
