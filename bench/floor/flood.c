/*
 * flood DEVICE RATE SECONDS: sends RATE frames of 128 bytes a second out of a device, of a protocol that nobody listens to. Prints how many it sent.
 * Behind its time it hurries, at most 64 frames at once.
 */
#define _GNU_SOURCE
#include "common.h"
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SIZE = 128, BURST = 64 };

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  unsigned char frame[SIZE] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, ETH_P_802_EX1 >> 8, ETH_P_802_EX1 & 0xff};
  struct iovec vector = {frame, SIZE};
  struct mmsghdr burst[BURST] = {0};
  for (int i = 0; i < BURST; i++) burst[i].msg_hdr = (struct msghdr){.msg_iov = &vector, .msg_iovlen = 1};
  struct sockaddr_ll device = {.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(argv[1])};
  int fd = socket(AF_PACKET, SOCK_RAW, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&device, sizeof device)) fail(argv[1]);
  long long rate = atoll(argv[2]), all = rate * atoi(argv[3]), sent = 0, start = now_ns();
  while (sent < all) {
    long long due = (now_ns() - start) * rate / 1000000000LL - sent;
    if (due <= 0) {
      nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
      continue;
    }
    int count = due > BURST ? BURST : due > all - sent ? all - sent : due;
    int done = sendmmsg(fd, burst, count, 0);
    if (done < 0 && errno != ENOBUFS) fail("sendmmsg");
    sent += done > 0 ? done : 0;
  }
  printf("%lld\n", sent);
  return 0;
}
