/** Said before there are devices: their IPv6 addresses are not probed for a second and more. */
export const withoutProbing = 'sysctl -qw net.ipv6.conf.default.accept_dad=0';

/** Waits until what the kernel does by itself behind `withoutProbing` is done: carriers, link-local addresses and their routes. */
export const settled = `for i in $(seq 100); do
  sleep 0.2
  ip -o link show up | grep -v ' lo:' | grep -qv 'state UP' || ip -6 address show tentative | grep -q . || break
done`;
