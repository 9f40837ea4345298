import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { apply } from '../../src/document/apply.ts';
import { describe as describeNetworks } from '../../src/document/describe.ts';
import type { NetworkDocument } from '../../src/document/document.ts';
import { createNames } from '../../src/namespaces/named.ts';
import { removeNames } from '../../src/namespaces/names.ts';
import { openNetwork } from '../../src/network/network.ts';
import { answer, namesLeft } from './support/cli.ts';
import { emptyRunDirectory } from './support/run-directories.ts';

const lxcNet = '/usr/libexec/lxc/lxc-net';
const netavark = '/usr/lib/podman/netavark';

const temporary = mkdtempSync(join(tmpdir(), 'netns-foreign-'));
afterAll(() => rmSync(temporary, { recursive: true }));

afterEach(async () => {
  if (namesLeft().length > 0) emptyRunDirectory();
  using network = openNetwork();
  await expect.poll(async () => (await network.nsids.list()).length, { timeout: 20_000 }).toBe(0);
});

/** What a program finds first: a DHCP server that leaves again at once, for nothing here asks it, and `iptables` without `nft`. */
const programs = join(temporary, 'bin');
mkdirSync(programs);
writeFileSync(join(programs, 'dnsmasq'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
for (const name of ['iptables', 'ip6tables', 'iptables-restore', 'iptables-save']) {
  if (existsSync(`/usr/sbin/${name}`)) symlinkSync(`/usr/sbin/${name}`, join(programs, name));
}

function inside(name: string, script: string, path: string, input = ''): string {
  const env = { PATH: path, XTABLES_LOCKFILE: join(temporary, 'xtables.lock'), LC_ALL: 'C' };
  return execFileSync('ip', ['netns', 'exec', name, 'sh', '-ec', script], {
    encoding: 'utf8',
    env,
    input,
    stdio: 'pipe',
  });
}

const withNft = `${programs}:/usr/sbin:/usr/bin:/sbin:/bin`;
const withoutNft = `${programs}:/usr/bin:/bin`;

/** A directory of the system is replaced while the script runs: what it writes is seen by nobody else. */
const startLxcNet = `unshare -m sh -ec 'mount -t tmpfs tmpfs /var/lib; mkdir -p /run/lxc; rm -f /run/lxc/network_up; exec sh ${lxcNet} start'`;

/** What is counted, comes in its own time, or is numbered by the kernel in the order of making; and how many queues a device has. */
const ofTheMoment = [
  /^#.*\n/gm,
  /\[\d+:\d+\]|packets \d+ bytes \d+|^\d+: |@\S+/gm,
  / (?:state|qlen|bridge_id|\w+_timer|designated_\w+|root_\w+|num[tr]xqueues) +\S+/g,
  /NO-CARRIER,|,LOWER_UP| linkdown/g,
  /^.*(?:fe80|valid_lft).*\n/gm,
];

/** What the tools say of a namespace. */
function seen(name: string): string {
  const text = inside(name, 'nft list ruleset; iptables-save; ip -d address; ip route; ip rule; bridge link', withNft);
  return ofTheMoment.reduce((rest, each) => rest.replace(each, ''), text);
}

/** Export, wipe, apply, export: the same, for us and for the tools that made it. */
async function comesBack(...names: string[]): Promise<NetworkDocument> {
  const before = names.map(seen);
  const document = await describeNetworks(names);
  expect(await apply(document)).toEqual([]);
  removeNames(names);
  await apply(document);
  expect(await describeNetworks(names)).toEqual(document);
  expect(names.map(seen)).toEqual(before);
  return document;
}

const rulesOf = ({ namespaces }: NetworkDocument, name: string) =>
  ((namespaces[name]?.firewall?.nftables ?? []) as readonly object[]).filter((item) => 'rule' in item);

describe.skipIf(!existsSync(lxcNet))('the bridge that LXC makes', () => {
  it('comes back as it was, with the NAT of nft', async () => {
    createNames(['lxc']);
    inside('lxc', startLxcNet, withNft);
    const document = await comesBack('lxc');
    expect(document.namespaces.lxc).toMatchObject({
      links: { lxcbr0: { kind: 'bridge', address: expect.stringMatching(/^(00:16:3e|10:66:6a):00:00:00$/) } },
      addresses: expect.arrayContaining([expect.objectContaining({ link: 'lxcbr0', address: '10.0.3.1/24' })]),
      sysctls: { 'net.ipv4.ip_forward': 1 },
    });
    expect(JSON.stringify(rulesOf(document, 'lxc'))).toContain('masquerade');
  });

  it('comes back as it was, with the NAT of iptables', async () => {
    createNames(['lxc']);
    inside('lxc', startLxcNet, withoutNft);
    const document = await comesBack('lxc');
    expect(JSON.stringify(rulesOf(document, 'lxc'))).toContain('CHECKSUM');
  });
});

describe.skipIf(!existsSync(join(programs, 'iptables-restore')))('what Docker enters with iptables', () => {
  it('comes back as it was', async () => {
    createNames(['docker']);
    inside('docker', 'ip link add docker0 type bridge; ip link set docker0 up', withNft);
    inside('docker', 'ip address add 172.17.0.1/16 broadcast 172.17.255.255 dev docker0', withNft);
    inside('docker', 'iptables-restore --counters', withNft, docker.replace(/^-A/gm, '[7:420] -A'));
    const document = await comesBack('docker');
    // What nft has no words for is kept as it is, says why, and begins to count anew.
    const unknown = rulesOf(document, 'docker').filter((rule) => JSON.stringify(rule).includes('unknown'));
    expect(JSON.stringify(unknown)).toContain('"name":"DNAT"');
    expect(JSON.stringify(unknown)).toMatch(/"reason":"[^"]+"/);
    expect(JSON.stringify(unknown)).not.toContain('420n');
  });
});

describe.skipIf(!existsSync(netavark))('the network that Podman makes', () => {
  it('comes back as it was, with the container, its port and NAT', async () => {
    createNames(['host', 'web']);
    inside('host', `${netavark} --config ${join(temporary, 'netavark')} setup /run/netns/web`, withNft, podman);
    const text = await answer('export', 'host', 'web');
    const { namespaces } = await comesBack('host', 'web');
    expect(namespaces.web).toMatchObject({
      links: { eth0: { kind: 'veth', peer: { namespace: 'host' } } },
      addresses: [{ link: 'eth0', address: '10.88.0.2/16' }],
    });
    const file = join(temporary, 'exported.yaml');
    writeFileSync(file, text);
    removeNames(['host', 'web']);
    expect(await answer('apply', file)).not.toBe('');
    expect(await answer('apply', file)).toBe('');
    expect(await answer('export', 'host', 'web')).toBe(text);
  });
});

const docker = `*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:DOCKER-ISOLATION-STAGE-2 - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A DOCKER-ISOLATION-STAGE-2 -j RETURN
-A DOCKER-USER -m limit --limit 5/min -j LOG --log-prefix "docker: "
-A DOCKER-USER -m comment --comment "of the administrator" -j RETURN
COMMIT
`;

const podman = JSON.stringify({
  container_id: '6f2ab2f0d1aa4bd4a8a2a8d1',
  container_name: 'web',
  networks: { podman: { static_ips: ['10.88.0.2'], interface_name: 'eth0' } },
  network_info: {
    podman: {
      name: 'podman',
      id: '2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9',
      driver: 'bridge',
      network_interface: 'podman0',
      subnets: [{ subnet: '10.88.0.0/16', gateway: '10.88.0.1' }],
      ipv6_enabled: false,
      internal: false,
      dns_enabled: false,
      ipam_options: { driver: 'host-local' },
    },
  },
  port_mappings: [{ container_port: 80, host_ip: '', host_port: 8080, protocol: 'tcp', range: 1 }],
});
