/* A bare rtnetlink socket and one request buffer: just enough for the floor programs. */
#ifndef FLOOR_NETLINK_H
#define FLOOR_NETLINK_H

#include "common.h"
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

static inline int open_rtnetlink(unsigned int groups) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  struct sockaddr_nl self = {.nl_family = AF_NETLINK, .nl_groups = groups};
  if (fd < 0 || bind(fd, (struct sockaddr *)&self, sizeof self)) fail("rtnetlink socket");
  return fd;
}

static inline void add_u32(struct nlmsghdr *message, unsigned short type, unsigned int value) {
  struct rtattr *attribute = (struct rtattr *)((char *)message + NLMSG_ALIGN(message->nlmsg_len));
  attribute->rta_type = type;
  attribute->rta_len = RTA_LENGTH(sizeof value);
  memcpy(RTA_DATA(attribute), &value, sizeof value);
  message->nlmsg_len = NLMSG_ALIGN(message->nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

#endif
