import type { Case } from '../case.ts';

/** Hosts that have names, on both sides of a slash: only addresses that stand alone are looked up. */
const setup = `mkdir -p /run/etc/netns/inside
cp -r /etc/iproute2 /etc/nsswitch.conf /etc/protocols /run/etc; mount --bind /run/etc /etc
cat > /etc/hosts << END
127.0.0.1 localhost
10.0.0.0 network
10.0.0.1 own.example own
10.0.0.2 router
10.1.0.0 far
10.9.0.1 peer
224.0.0.1 everybody
0.0.0.0 nobody
fd00::1 six
fd00::2 router6
ff02::1 everybody6
END
ip link set lo up
ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
ip link set v0 up; ip link set v1 up
ip address add 10.0.0.1/24 broadcast 10.0.0.2 dev v0; ip address add 10.0.0.5 peer 10.9.0.1/32 dev v0
ip address add fd00::1/64 dev v0 nodad
ip link add x0 type vxlan id 5 group 224.0.0.1 local 10.0.0.1 dev v0 dstport 4789
ip link add x1 type vxlan id 6 remote fd00::2 local fd00::1 dstport 4789
ip route add 10.1.0.0 via 10.0.0.2
ip route add 10.1.0.0/16 via 10.0.0.2 src 10.0.0.1
ip route add 10.2.0.0/16 via inet6 fd00::2 dev v0
ip route add 10.3.0.0/16 nexthop via 10.0.0.2 nexthop via inet6 fd00::2 dev v0
ip -6 route add fd01::/64 via fd00::2 from fd00::1
ip neighbour add 10.0.0.2 lladdr 02:00:00:00:00:09 dev v0
ip neighbour add fd00::2 lladdr 02:00:00:00:00:09 dev v0
ip neighbour add proxy 10.9.0.1 dev v0
ip nexthop add id 5 via fd00::2 dev v0
ip rule add from 10.0.0.1 to 10.1.0.0 lookup 100
ip netns add inside; echo 10.0.0.2 router-there > /etc/netns/inside/hosts
ip -n inside link set lo up; ip -n inside address add 10.0.0.1/24 dev lo; ip -n inside route add 10.1.0.0/16 via 10.0.0.2`;

/** `-resolve`: names of hosts, as the system's resolver has them. */
export const resolveCases: readonly Case[] = [
  '-r -4 address show v0',
  '-r -br address show v0',
  '-r -4 -j address show v0',
  '-r -o -4 address',
  '-r -4 route show table all',
  '-r -j route',
  '-r -6 route show fd01::/64',
  '-r route get 10.1.0.0 from 10.0.0.1',
  '-r -j neighbour',
  '-r -br neighbour show dev v0 nud permanent',
  '-r neighbour show proxy',
  '-r neighbour get 10.0.0.2 dev v0',
  '-r nexthop',
  '-r rule',
  '-r addrlabel',
  '-r maddress show dev lo',
  '-r -j maddress show dev lo',
  '-r -n inside route',
  '-resolve -N route show 10.1.0.0/16',
].map((line): Case => ({ setup, line }));
