import type { Case } from '../case.ts';

const named = 'ip netns add a';
const two = 'ip netns add a; ip netns add b';

/** A small /etc of our own, with files for the inside of namespace `a`. Not all that is copied is on every machine. */
const etc = `${named}
mkdir /run/etc; cp -r /etc/ld.so* /etc/passwd /etc/iproute2 /run/etc/; mount --bind /run/etc /etc || exit
mkdir -p /etc/netns/a && echo inside > /etc/netns/a/motd && echo outside > /etc/motd && echo x > /etc/netns/a/nowhere`;

/** `ip netns exec`. */
export const execCases: readonly Case[] = [
  { line: 'netns exec' },
  { line: 'netns e' },
  { line: 'netns exec a', setup: named },
  { line: 'netns exec nope true' },
  { line: 'netns exec stale true', setup: 'touch /run/netns/stale' },
  { line: 'netns exec dir true', setup: 'mkdir /run/netns/dir' },
  { line: 'netns exec a/b true' },
  { line: 'netns exec a nosuch', setup: named },
  { line: 'netns exec a /etc/passwd', setup: named },
  { line: 'netns exec a /', setup: named },
  { line: "netns exec a ''", setup: named },
  { line: 'netns exec a true', setup: named },
  { line: 'netns exec a sh -c "exit 7"', setup: named },
  { line: "netns exec a sh -c 'kill -9 $$'", setup: named },
  { line: "netns exec a printf '[%s]' 'x y' '' '*'", setup: named },
  { line: 'netns ex a ip -o link', setup: named },
  { line: 'echo hello | $IP netns exec a cat', setup: named },
  { line: "X=1 $IP netns exec a sh -c 'echo $X $0'", setup: named },
  {
    line: 'sh -c \'echo $$ > pid; exec "$IP" netns exec a sh -c "echo \\$\\$"\' > inside; cmp inside pid && echo same',
    setup: named,
  },
  { line: 'netns exec a cat /etc/motd', setup: etc },
  { line: '-n a netns exec b cat /etc/motd', setup: `${etc}; ip netns add b` },
  { line: 'netns exec a ls /sys/class/net', setup: named },
  { line: 'netns exec a sh -c \'grep -c " - sysfs a " /proc/self/mountinfo\'', setup: named },
  { line: 'netns exec a mount -t tmpfs x /run/netns', setup: two },
  { line: '-n b netns exec a ip netns identify', setup: two },
  { line: '-n nope netns exec a true', setup: two },
  { line: '-j netns exec a echo hi', setup: named },
  { line: '-all netns exec' },
  { line: '-all netns exec true' },
  { line: '-all netns exec echo hi', setup: two },
  { line: '-a netns exec false', setup: two },
  { line: '-all netns exec a echo hi', setup: two },
  { line: "-all netns exec sh -c 'kill -9 $$'", setup: two },
  { line: '-all netns exec nosuch', setup: two },
  { line: '-all netns exec true', setup: 'rmdir /run/netns' },
  {
    line: '-all netns exec echo hi',
    setup: `${named}; touch /run/netns/b`,
  },
];
