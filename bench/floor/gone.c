/*
 * gone: tell when the kernel has finished destroying the network namespaces that were dropped.
 *
 * Prints "ready", waits for a line on its input, and then prints one stamp when everything dropped before that line is
 * gone, memory included. No polling, no guess from timing:
 *
 * The kernel destroys namespaces in batches, one batch at a time (cleanup_net in net/core/net_namespace.c). A batch
 * takes all that was dropped so far, announces RTM_DELNSID for each member that has an nsid somewhere, and then does
 * the long work. So two markers are enough. The first is dropped after the namespaces in question: its announcement
 * says that the batch with the last of them has begun. The second is dropped then: it can only be in the next batch,
 * so its announcement says that the former batch has ended.
 *
 * Markers are made before "ready", because making a namespace waits for the locks that destruction holds.
 */
#define _GNU_SOURCE
#include "netlink.h"
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

static int make_marker(int home) {
  if (unshare(CLONE_NEWNET)) fail("unshare");
  int marker = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (marker < 0 || setns(home, CLONE_NEWNET)) fail("marker");
  return marker;
}

/* The id is chosen here and is high, so that it collides with none that the measured programs may assign. */
static void assign_nsid(int rtnetlink, int marker, int nsid) {
  struct {
    struct nlmsghdr header;
    struct rtgenmsg family;
    char attributes[64];
  } request = {.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtgenmsg)),
                          .nlmsg_type = RTM_NEWNSID,
                          .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK}};
  struct {
    struct nlmsghdr header;
    struct nlmsgerr error;
    char rest[256];
  } answer;
  add_u32(&request.header, NETNSA_NSID, nsid);
  add_u32(&request.header, NETNSA_FD, marker);
  if (send(rtnetlink, &request, request.header.nlmsg_len, 0) < 0) fail("send");
  if (recv(rtnetlink, &answer, sizeof answer, 0) < 0) fail("recv");
  if (answer.header.nlmsg_type != NLMSG_ERROR || answer.error.error) {
    errno = -answer.error.error;
    fail("RTM_NEWNSID");
  }
}

static int announces_death_of(struct nlmsghdr *message, int nsid) {
  if (message->nlmsg_type != RTM_DELNSID) return 0;
  int length = message->nlmsg_len - NLMSG_LENGTH(sizeof(struct rtgenmsg));
  struct rtattr *attribute = (struct rtattr *)((char *)NLMSG_DATA(message) + NLMSG_ALIGN(sizeof(struct rtgenmsg)));
  for (; RTA_OK(attribute, length); attribute = RTA_NEXT(attribute, length)) {
    if (attribute->rta_type == NETNSA_NSID && *(int *)RTA_DATA(attribute) == nsid) return 1;
  }
  return 0;
}

static void wait_for_death_of(int events, int nsid) {
  static char buffer[32768];
  for (;;) {
    int length = recv(events, buffer, sizeof buffer, 0);
    if (length < 0) fail("recv event");
    for (struct nlmsghdr *m = (struct nlmsghdr *)buffer; NLMSG_OK(m, length); m = NLMSG_NEXT(m, length)) {
      if (announces_death_of(m, nsid)) return;
    }
  }
}

int main(void) {
  enum { FIRST = 0x7fff0000, SECOND };
  int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  int rtnetlink = open_rtnetlink(0), events = open_rtnetlink(1u << (RTNLGRP_NSID - 1));
  int first = make_marker(home), second = make_marker(home);
  assign_nsid(rtnetlink, first, FIRST);
  assign_nsid(rtnetlink, second, SECOND);
  puts("ready");
  fflush(stdout);
  if (getchar() == EOF) return 1;

  close(first);
  wait_for_death_of(events, FIRST);
  close(second);
  wait_for_death_of(events, SECOND);
  printf("%lld\n", now_ns());
  return 0;
}
