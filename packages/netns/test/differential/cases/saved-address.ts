import type { Case } from '../case.ts';

const zoo = `ip link set lo up; ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
sysctl -qw net.ipv6.conf.v0.addr_gen_mode=1 net.ipv6.conf.v1.addr_gen_mode=1; ip link set v0 up; ip link set v1 up
ip address add 10.0.0.1/24 dev v0 label v0:x; ip address add 10.0.0.2/24 dev v0; ip address add 10.1.0.1 peer 10.1.0.2 dev v1
ip address add fd00::1/64 dev v0 nodad; ip address add fd00::2/64 dev v0 nodad valid_lft 5000 preferred_lft 0
ip address save > addresses; ip -6 address save > addresses6; ip route save > routes
head -c 100 addresses > cut; head -c 4 addresses > none; printf abc > short; printf '\\1\\2\\3\\4\\5' > strange`;

const terminal = (words: string) => `script -qec "$IP ${words}" /dev/null < /dev/null | tr -d '\\r'`;

/** `ip address save`, `restore`, `showdump` and `flush`. */
export const savedAddressCases: readonly Case[] = [
  ...['address save', 'address restore', 'address showdump'].map(terminal),
  // Ours is read by the installed ip, …
  ...['', 'dev v0', 'to 10.0.0.0/24', 'scope link', 'foo', 'dev nope', 'label v0'].map(
    (words) => `$IP address save ${words} > saved; echo $?; ip address showdump < saved; wc -c < saved`,
  ),
  '$IP -6 address save > saved; ip address showdump < saved',
  // … and what that saved by ours.
  ...['', '-j', '-4', '-d -o', '-c', '-br'].map((options) => `$IP ${options} address showdump foo < ../addresses`),
  ...['routes', 'none', 'short', 'strange'].flatMap((file) => [
    `$IP address showdump < ../${file}`,
    `$IP address restore < ../${file}`,
  ]),
  ...['', 'dev', 'dev nope', 'dev v0 foo', 'foo', 'scope foo', 'to foo'].map((words) => `$IP address flush ${words}`),
  '$IP -0 address flush dev v0',
]
  .map((line): Case => ({ line, setup: zoo }))
  .concat(
    [
      '$IP address restore < ../addresses',
      'ip address flush dev v0; ip address flush dev lo; $IP address restore < ../addresses',
      'ip -6 address flush dev v0; $IP address restore < ../addresses6',
      '$IP address save > saved; ip address flush dev v0; ip address restore < saved',
      ...[
        'dev v0',
        'dev v0 secondary',
        'dev v0 primary',
        'to 10.0.0.0/8',
        'label v0:x',
        'scope global',
        'dev v0 deprecated',
        'v1',
        'up',
      ].map((words) => `$IP -s -s address flush ${words}`),
      '$IP -6 -s address flush dev v0; $IP -s address flush dev v0; $IP -s address flush dev v0',
      '$IP -4 address flush dev v0',
      '$IP -s -loops 1 address flush dev v0; echo $?',
    ].map((line): Case => ({ line, setup: zoo, changes: true })),
  )
  .concat(
    ['showdump', 'restore'].map(
      (verb): Case => ({
        line: `$IP address ${verb} < ../cut`,
        setup: zoo,
        differs: { better: 'a broken file is refused as a whole', out: '', err: 'rtnl-from_file: truncated message\n' },
      }),
    ),
  );
