/*
 * burst COUNT BYTES: make COUNT routes while nobody reads what is told of them, then read it: prints how many of them were not told of, with a
 * receive buffer of so many bytes (0: the kernel's default).
 */
#define _GNU_SOURCE
#include "netlink.h"
#include <arpa/inet.h>

static struct batch batch;

static void add_route(int number) {
  struct rtmsg route = {.rtm_family = AF_INET, .rtm_dst_len = 32, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_BOOT,
                        .rtm_type = RTN_BLACKHOLE};
  struct nlmsghdr *message = begin_change(&batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &route, sizeof route);
  add_u32(message, RTA_DST, htonl(0x0a000000 + number));
  end_change(&batch);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  static char buffer[65536];
  int count = atoi(argv[1]), bytes = atoi(argv[2]), events = open_rtnetlink(RTMGRP_IPV4_ROUTE), told = 0;
  if (bytes && setsockopt(events, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes)) fail("SO_RCVBUFFORCE");
  batch.fd = open_rtnetlink(0);
  for (int i = 0; i < count; i++) add_route(i);
  flush_batch(&batch);
  for (int length; (length = recv(events, buffer, sizeof buffer, MSG_DONTWAIT)) > 0 || errno == ENOBUFS;)
    if (length > 0) told++;
  printf("%d\n", count - told);
  return 0;
}
