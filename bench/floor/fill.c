/*
 * fill links|addresses|routes COUNT: make so many of them in this network namespace. The stamps are of these only, not of the devices
 * that addresses and routes need.
 *
 * links: COUNT / 2 veth pairs. addresses: 10.0.0.0 and those behind it, 100 on each device. routes: 10.0.0.0/24 and those behind it, by
 * the one device v0.
 */
#define _GNU_SOURCE
#include "netlink.h"
#include <arpa/inet.h>
#include <linux/if.h>
#include <linux/veth.h>

static struct batch batch;
enum { FIRST_INDEX = 1000 };

/* Device v0 has index FIRST_INDEX, and so on; even and odd ones are ends of one pair. */
static void add_pair(int number, int up) {
  struct ifinfomsg link = {.ifi_index = FIRST_INDEX + number, .ifi_flags = up ? IFF_UP : 0, .ifi_change = up ? IFF_UP : 0};
  struct ifinfomsg other = {.ifi_index = FIRST_INDEX + number + 1};
  char name[IFNAMSIZ];
  struct nlmsghdr *message = begin_change(&batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof link);
  snprintf(name, sizeof name, "v%d", number);
  add_text(message, IFLA_IFNAME, name);
  struct rtattr *info = begin_nest(message, IFLA_LINKINFO, NULL, 0);
  add_attribute(message, IFLA_INFO_KIND, "veth", 4);
  struct rtattr *data = begin_nest(message, IFLA_INFO_DATA, NULL, 0);
  struct rtattr *peer = begin_nest(message, VETH_INFO_PEER, &other, sizeof other);
  snprintf(name, sizeof name, "v%d", number + 1);
  add_text(message, IFLA_IFNAME, name);
  end_nest(message, peer), end_nest(message, data), end_nest(message, info);
  end_change(&batch);
}

static void add_address(int number) {
  struct ifaddrmsg address = {.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = FIRST_INDEX + number / 100};
  struct nlmsghdr *message = begin_change(&batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &address, sizeof address);
  add_u32(message, IFA_LOCAL, htonl(0x0a000000 + number));
  add_u32(message, IFA_ADDRESS, htonl(0x0a000000 + number));
  end_change(&batch);
}

static void add_route(int number) {
  struct rtmsg route = {.rtm_family = AF_INET, .rtm_dst_len = 24, .rtm_table = RT_TABLE_MAIN,
                        .rtm_protocol = RTPROT_BOOT, .rtm_scope = RT_SCOPE_LINK, .rtm_type = RTN_UNICAST};
  struct nlmsghdr *message = begin_change(&batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &route, sizeof route);
  add_u32(message, RTA_DST, htonl(0x0a000000 + (number << 8)));
  add_u32(message, RTA_OIF, FIRST_INDEX);
  end_change(&batch);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int count = atoi(argv[2]), links = strcmp(argv[1], "links") == 0, addresses = strcmp(argv[1], "addresses") == 0;
  batch.fd = open_rtnetlink(0);
  int devices = links ? 0 : addresses ? count / 100 + 1 : 1;
  for (int i = 0; i < devices; i += 2) add_pair(i, !addresses);
  flush_batch(&batch);

  long long start = now_ns();
  for (int i = 0; i < count; i += links ? 2 : 1) {
    if (links) add_pair(i, 0);
    else if (addresses) add_address(i);
    else add_route(i);
  }
  flush_batch(&batch);
  report(start, now_ns());
  return 0;
}
