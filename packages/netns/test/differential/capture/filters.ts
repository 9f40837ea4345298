import { randomNumbers } from './packets.ts';

/** Each form of each primitive, and what people write. */
const known = `
ip | ip6 | arp | rarp | tcp | udp | sctp | icmp | icmp6 | igmp | pim | vrrp | ah | esp
host 10.0.0.1 | src host 10.0.0.1 | dst host 10.0.0.1 | src or dst host 10.0.0.1 | src and dst host 10.0.0.1 | src 10.0.0.1 | dst 10.0.0.2
ip host 10.0.0.1 | arp host 10.0.0.1 | rarp host 10.0.0.2 | ip src 10.0.0.1 | ip src and dst host 10.0.0.1
host ::1 | src host fe80::5054:0:0:1 | dst 2001:db8::1 | ip6 host ff02::1 | ip6 dst ff02::1
net 10 | net 10.0 | net 10.1.2 | net 10.0.0.1 | net 10.0.0.0/8 | net 10.0.0.0/15 | src net 10.0.0.0/8 | dst net 192.168.1.0/24 | net 10.0.0.0 mask 255.0.0.0
ip net 10.0.0.0/8 | arp net 10.0.0.0/8 | net 0.0.0.0/0 | src net 172.16.0.0/12 | ip src net 10.0.0.0/31
net fe80::/10 | src net 2001:db8::/32 | net ::1/128 | ip6 net ff00::/8 | net 2001:db8::/33 | dst net fe80::/64
port 80 | src port 80 | dst port 443 | tcp port 80 | udp port 53 | sctp port 22 | tcp src port 8080 | udp dst port 53 | src and dst port 80 | src or dst port 22
tcp port http | port https | udp port domain | port not 80 | port (80 or 443) | tcp port 80 or 443 | not port 80 | dst port 65535
portrange 1000-1001 | tcp portrange 20-100 | udp src portrange 50-60 | portrange 443-80 | portrange 80 | dst portrange 0-65535
ip proto 6 | ip proto 47 | ip6 proto 17 | proto 1 | proto 58 | ip proto \\tcp | ip6 proto \\udp | proto \\icmp | ether proto 0x800 | ether proto \\arp | ether proto 0x88cc | ether proto \\ip6 | ip proto \\igmp
ether host 52:54:00:00:00:01 | ether src 52:54:00:00:00:01 | ether dst 52:54:00:00:00:02 | ether dst host ff:ff:ff:ff:ff:ff | ether src or dst 52:54:00:00:00:02
broadcast | ether broadcast | multicast | ether multicast | ip multicast | ip6 multicast
less 150 | greater 150 | less 120 | greater 180 | len > 140 | len = 150 | len <= 130 | len != 125
vlan | vlan 5 | vlan and ip | vlan 5 and ip6 | vlan and vlan | vlan and vlan 6 and tcp port 80 | not vlan | vlan 5 and not arp | vlan and host 10.0.0.1 | ip or vlan and udp | vlan and ether host 52:54:00:00:00:01
tcp[tcpflags] & tcp-syn != 0 | tcp[13] = 2 | tcp[tcpflags] & (tcp-syn|tcp-fin) != 0 | tcp[13] & 7 = 2 | icmp[icmptype] = icmp-echo | icmp[0] != 8 | udp[0:2] = 53 | udp[2:2] > 1000
ip[0] & 0xf > 5 | ip[6:2] & 0x1fff = 0 | ip[2:2] > 576 | ip[16] >= 224 | ip6[6] = 17 | ip6[40] = 58 | icmp6[0] = 135 | ether[0] & 1 = 0 | ether[12:2] = 0x800 | arp[7] = 1 | ether[6:4] = 0x52540000
ip[2:2] - ((ip[0] & 0xf) << 2) > 500 | tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420 | len - 14 > 120 | ip[8] * 2 = 128 | ip[8] / 4 >= 16 | ip[8] % 3 = 1 | ip[12] + ip[13] < 100 | ip[8] ^ 0xff = 0xbf | ip[8] + -ip[9] < 100
ip[len - 130] > 20 | 5 < ip[9] | 10 + 10 = 20 | ip[10 + 2] = 10 | (ip[9] = 6) | (len) > 150 | ip[9] = 6 or ip[9] = 17 | len > ip[8] + ip[9] + ip[10] * (ip[11] + ip[12])
tcp and host 10.0.0.1 and port 80 | tcp or udp and host 10.0.0.1 | tcp or (udp and host 10.0.0.1) | not (tcp or udp) | not tcp and not udp | ! tcp && ! arp || icmp6
host 10.0.0.1 and 10.0.0.2 | host 10.0.0.1 or 10.0.0.2 | host 10.0.0.1 and not 10.0.0.2 | not host 10.0.0.1 and 10.0.0.2 | src host (10.0.0.1 or 10.0.0.2) | tcp port (80 or 443) and not net 192.168.1
tcp src port 80 and dst port 443 | src net 10.0.0.0/8 and dst net 192.168.1.0/24 | (arp or rarp) and ether broadcast | ip6 and (tcp or udp) and port 53 | tcp dst port 22 and not src host 10.0.0.1
`
  .split(/ \| |\n/)
  .filter((line) => line !== '');

const joined = ['and', 'or', 'and not', 'or not'];

/** The known ones without those that move what follows, and `count` of two to four of them joined with parentheses here and there. */
export function filters(count: number): readonly string[] {
  const random = randomNumbers(7);
  const parts = known.filter((one) => !one.includes('vlan'));
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
  const more = Array.from({ length: count }, () => {
    let text = `(${pick(parts)})`;
    for (let left = random(3) + 1; left > 0; left--) {
      text = `${text} ${pick(joined)} (${pick(parts)})`;
      if (random(3) === 0) text = `${random(2) === 0 ? 'not ' : ''}(${text})`;
    }
    return text;
  });
  return [...new Set([...known, ...more])];
}
