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

static inline void add_attribute(struct nlmsghdr *message, unsigned short type, const void *value, size_t size) {
  struct rtattr *attribute = (struct rtattr *)((char *)message + NLMSG_ALIGN(message->nlmsg_len));
  attribute->rta_type = type;
  attribute->rta_len = RTA_LENGTH(size);
  memcpy(RTA_DATA(attribute), value, size);
  message->nlmsg_len = NLMSG_ALIGN(message->nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

static inline void add_u32(struct nlmsghdr *message, unsigned short type, unsigned int value) {
  add_attribute(message, type, &value, sizeof value);
}

static inline void add_text(struct nlmsghdr *message, unsigned short type, const char *text) {
  add_attribute(message, type, text, strlen(text) + 1);
}

/* An attribute that holds others: what is added until `end_nest` is inside. */
static inline struct rtattr *begin_nest(struct nlmsghdr *message, unsigned short type, const void *header, size_t size) {
  struct rtattr *nest = (struct rtattr *)((char *)message + NLMSG_ALIGN(message->nlmsg_len));
  add_attribute(message, type, header, size);
  return nest;
}

static inline void end_nest(struct nlmsghdr *message, struct rtattr *nest) {
  nest->rta_len = (char *)message + message->nlmsg_len - (char *)nest;
}

/* Changes that travel together: up to 64 in one send, of which the last is acknowledged; refusals of the others arrive, too. */
struct batch {
  int fd, count;
  unsigned int sequence, length;
  struct nlmsghdr *last;
  char bytes[65536];
};

static inline void flush_batch(struct batch *batch) {
  char answer[8192];
  if (batch->count == 0) return;
  batch->last->nlmsg_flags |= NLM_F_ACK;
  if (send(batch->fd, batch->bytes, batch->length, 0) < 0) fail("send");
  for (unsigned int acknowledged = 0; acknowledged != batch->sequence;) {
    if (recv(batch->fd, answer, sizeof answer, 0) < 0) fail("recv");
    struct nlmsghdr *header = (struct nlmsghdr *)answer;
    struct nlmsgerr *error = NLMSG_DATA(header);
    errno = header->nlmsg_type == NLMSG_ERROR ? -error->error : EPROTO;
    if (errno) fail("change");
    acknowledged = header->nlmsg_seq;
  }
  batch->count = batch->length = 0;
}

static inline struct nlmsghdr *begin_change(struct batch *batch, int type, int flags, const void *header, size_t size) {
  if (batch->count == 64) flush_batch(batch);
  struct nlmsghdr *message = (struct nlmsghdr *)(batch->bytes + batch->length);
  *message = (struct nlmsghdr){.nlmsg_len = NLMSG_LENGTH(size), .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags};
  message->nlmsg_seq = ++batch->sequence;
  memcpy(NLMSG_DATA(message), header, size);
  return batch->last = message;
}

static inline void end_change(struct batch *batch) {
  batch->length += NLMSG_ALIGN(batch->last->nlmsg_len);
  batch->count++;
}

#endif
