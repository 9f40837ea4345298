/*
 * hosts DIR COUNT [down]: a bridge br0 here, and COUNT named network namespaces b0, b1, ... in DIR with a veth to it each: address, lo and eth0
 * up, default route. A bridge has room for some 1,000 ports: with more hosts there is br1, and so on.
 *
 * In phases, each with as few system calls as the kernel allows: the namespaces, with a socket in each; the devices, both ends where they
 * belong, 64 pairs in one send; each namespace's own settings in one send. Bridges come up last: until then nobody is told of anything. With
 * "down" they stay down: for what is measured among the hosts, which for many seconds would greet each other by IPv6, a million packets.
 */
#define _GNU_SOURCE
#include "netlink.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/veth.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

enum { BRIDGE = 1000000, PORTS = 1000, FIRST_CABLE = 2000000, ETH0 = 2 };
static struct batch here, inside;

static int create(const char *directory, int number, int *namespace) {
  char path[4096];
  snprintf(path, sizeof path, "%s/b%d", directory, number);
  int file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
  if (file < 0 || close(file) || unshare(CLONE_NEWNET)) fail(path);
  if (mount("/proc/self/ns/net", path, "none", MS_BIND, NULL)) fail(path);
  *namespace = open(path, O_RDONLY | O_CLOEXEC);
  return open_rtnetlink(0);
}

static void add_bridge(int number) {
  struct ifinfomsg link = {.ifi_index = BRIDGE + number};
  char name[IFNAMSIZ];
  snprintf(name, sizeof name, "br%d", number);
  struct nlmsghdr *message = begin_change(&here, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof link);
  add_text(message, IFLA_IFNAME, name);
  struct rtattr *info = begin_nest(message, IFLA_LINKINFO, NULL, 0);
  add_attribute(message, IFLA_INFO_KIND, "bridge", 6);
  end_nest(message, info);
  end_change(&here);
}

static void add_queues(struct nlmsghdr *message) {
  add_u32(message, IFLA_NUM_TX_QUEUES, 1);
  add_u32(message, IFLA_NUM_RX_QUEUES, 1);
}

static void add_cable(int number, int namespace) {
  struct ifinfomsg outer = {.ifi_index = FIRST_CABLE + number, .ifi_flags = IFF_UP, .ifi_change = IFF_UP}, inner = {.ifi_index = ETH0};
  char name[IFNAMSIZ];
  snprintf(name, sizeof name, "v%d", number);
  struct nlmsghdr *message = begin_change(&here, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &outer, sizeof outer);
  add_text(message, IFLA_IFNAME, name);
  add_queues(message);
  add_u32(message, IFLA_MASTER, BRIDGE + number / PORTS);
  struct rtattr *info = begin_nest(message, IFLA_LINKINFO, NULL, 0);
  add_attribute(message, IFLA_INFO_KIND, "veth", 4);
  struct rtattr *data = begin_nest(message, IFLA_INFO_DATA, NULL, 0);
  struct rtattr *peer = begin_nest(message, VETH_INFO_PEER, &inner, sizeof inner);
  add_text(message, IFLA_IFNAME, "eth0");
  add_queues(message);
  add_u32(message, IFLA_NET_NS_FD, namespace);
  end_nest(message, peer), end_nest(message, data), end_nest(message, info);
  end_change(&here);
}

static void set_up(struct batch *batch, int index) {
  struct ifinfomsg link = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
  begin_change(batch, RTM_NEWLINK, 0, &link, sizeof link);
  end_change(batch);
}

static void configure(int socket, int number) {
  struct ifaddrmsg address = {.ifa_family = AF_INET, .ifa_prefixlen = 16, .ifa_index = ETH0};
  struct rtmsg route = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_BOOT, .rtm_type = RTN_UNICAST};
  unsigned int own = htonl(0x0a000000 + 256 + number);
  inside.fd = socket;
  set_up(&inside, 1);
  struct nlmsghdr *message = begin_change(&inside, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &address, sizeof address);
  add_u32(message, IFA_LOCAL, own);
  add_u32(message, IFA_ADDRESS, own);
  end_change(&inside);
  set_up(&inside, ETH0);
  message = begin_change(&inside, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &route, sizeof route);
  add_u32(message, RTA_GATEWAY, htonl(0x0a000001));
  end_change(&inside);
  flush_batch(&inside);
}

int main(int argc, char **argv) {
  if (argc < 3 || argc > 4) return 2;
  int count = atoi(argv[2]), up = argc == 3, *namespaces = calloc(count, sizeof(int)), *sockets = calloc(count, sizeof(int));
  struct rlimit files = {2 * count + 64, 2 * count + 64};
  setrlimit(RLIMIT_NOFILE, &files);
  here.fd = open_rtnetlink(0);

  long long start = now_ns();
  if (mount("", argv[1], "none", MS_SHARED | MS_REC, NULL)) fail("make shared");
  for (int i = 0; i < count; i++) sockets[i] = create(argv[1], i, &namespaces[i]);
  for (int i = 0; i * PORTS < count; i++) add_bridge(i);
  for (int i = 0; i < count; i++) add_cable(i, namespaces[i]);
  flush_batch(&here);
  for (int i = 0; i < count; i++) configure(sockets[i], i);
  for (int i = 0; up && i * PORTS < count; i++) set_up(&here, BRIDGE + i);
  flush_batch(&here);
  report(start, now_ns());
  return 0;
}
