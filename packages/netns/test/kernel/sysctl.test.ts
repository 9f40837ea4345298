import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { InvalidArgumentError, KernelError } from '../../src/errors.ts';
import { AT_FDCWD } from '../../src/native/constants.ts';
import { FilesInside } from '../../src/network/files/files-inside.ts';
import { runIn, wiredNamespace } from './support/twin-networks.ts';

let ns: NetworkNamespace;
beforeAll(async () => {
  ns = await wiredNamespace();
  await ns.network.links.set('v1', { name: 'v1.5' });
});
afterAll(() => ns.close());

describe('sysctl', () => {
  it('reads all that sysctl -a shows, with the same values', async () => {
    const theirs = (await runIn(ns, 'sysctl -a -e --pattern ^net\\.'))
      .split('\n')
      .filter((line) => line.startsWith('net.') && !/stable_secret|\.(base_reachable_time|retrans_time) /.test(line));
    const shown = (value: unknown) => (Array.isArray(value) ? value.join('\t') : String(value));
    const ours = (await ns.network.sysctl.list())
      .filter(({ name }) => !/\.(base_reachable_time|retrans_time)$/.test(name))
      .map(({ name, value }) => `${name} = ${shown(value)}`);
    expect(ours.length).toBeGreaterThan(200);
    expect(ours.toSorted()).toEqual(theirs.toSorted());
  });

  it('gives numbers, lists and texts', async () => {
    const { sysctl } = ns.network;
    const forward: number = await sysctl.get('net.ipv4.ip_forward');
    const buffers: readonly number[] = await sysctl.get('net.ipv4.tcp_rmem');
    const control: string = await sysctl.get('net.ipv4.tcp_congestion_control');
    expect(forward).toBe(0);
    expect(buffers).toHaveLength(3);
    expect(control).toMatch(/^[a-z]+$/);
    expect(await sysctl.get('net.ipv4.ip_local_reserved_ports')).toBe('');
    await sysctl.set('net.ipv4.ip_local_reserved_ports', '8080');
    expect(await sysctl.get('net.ipv4.ip_local_reserved_ports')).toBe('8080');
  });

  it('sets what sysctl then shows, and only in there', async () => {
    const outside = readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8');
    const { sysctl } = ns.network;
    await sysctl.set('net.ipv4.ip_forward', true);
    await sysctl.set('net.ipv4.ip_local_port_range', [20_000, 30_000]);
    expect(await runIn(ns, 'sysctl net.ipv4.ip_forward net.ipv4.ip_local_port_range')).toBe(
      'net.ipv4.ip_forward = 1\nnet.ipv4.ip_local_port_range = 20000\t30000\n',
    );
    expect(readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8')).toBe(outside);
    await runIn(ns, 'sysctl -qw net.ipv4.ip_forward=0');
    expect(await sysctl.get('net/ipv4/ip_forward')).toBe(0);
  });

  it.each(['net.ipv4.conf.v1/5.rp_filter', 'net/ipv4/conf/v1.5/rp_filter'])('finds %s', async (name) => {
    await ns.network.sysctl.set(name, 2);
    expect(await runIn(ns, `sysctl -n ${name}`)).toBe('2\n');
    await ns.network.sysctl.set(name, 0);
    expect(await ns.network.sysctl.get(name)).toBe(0);
  });

  it('finds what a pattern means', async () => {
    const names = await ns.network.sysctl.names('net.ipv4.conf.*.rp_filter');
    expect(names).toEqual(['all', 'default', 'lo', 'v0', 'v1/5'].map((dev) => `net.ipv4.conf.${dev}.rp_filter`));
    expect(await ns.network.sysctl.names('net.ipv4.ip_forward')).toEqual(['net.ipv4.ip_forward']);
    const below = await ns.network.sysctl.names('net.ipv4.conf.v0');
    expect(below).toContain('net.ipv4.conf.v0.forwarding');
    expect(below.every((name) => name.startsWith('net.ipv4.conf.v0.'))).toBe(true);
    await expect(ns.network.sysctl.names('net.nothing')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('sets many at once, and says which were refused', async () => {
    const { sysctl } = ns.network;
    const names = ['all', 'default', 'v0', 'v1/5'].map((dev) => `net.ipv4.conf.${dev}.log_martians`);
    await sysctl.setAll(Object.fromEntries(names.map((name) => [name, 1])));
    expect(await sysctl.getAll(names)).toEqual([1, 1, 1, 1]);
    const refused = await sysctl
      .setAll({ 'net.ipv4.ip_forward': 'yes', 'net.ipv4.nothing': 1, [names[0] ?? '']: 0 })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(AggregateError);
    expect((refused as AggregateError).errors.map(({ code }) => code)).toEqual(['EINVAL', 'ENOENT']);
    expect(await sysctl.get(names[0] ?? '')).toBe(0);
  });

  it('says what is wrong in one line', async () => {
    await expect(ns.network.sysctl.get('net.ipv4.nothing')).rejects.toThrow(
      'cannot read sysctl net.ipv4.nothing: No such file or directory (ENOENT, openat); this namespace has no sysctl net.ipv4.nothing',
    );
    await expect(ns.network.sysctl.set('net.ipv4.ip_forward', 'maybe')).rejects.toThrow(
      'cannot set sysctl net.ipv4.ip_forward to maybe: Invalid argument (EINVAL, write)',
    );
    await expect(ns.network.sysctl.set('net.core.rmem_max', 300_000)).rejects.toBeInstanceOf(KernelError);
  });

  it.each([
    'kernel.hostname',
    'net',
    'net/../kernel/hostname',
    'net..ipv4',
    'net/ipv4/',
    '/net/ipv4/ip_forward',
    'net.ipv4.//',
    '',
  ])('refuses the name %j before it looks', async (name) => {
    await expect(ns.network.sysctl.get(name)).rejects.toBeInstanceOf(InvalidArgumentError);
    await expect(ns.network.sysctl.set(name, 1)).rejects.toBeInstanceOf(InvalidArgumentError);
  });

  it('refuses what the kernel would take only the beginning of', async () => {
    const ports = Array.from({ length: 1000 }, (_, index) => 2 * index + 10_000).join(',');
    await expect(ns.network.sysctl.set('net.ipv4.ip_local_reserved_ports', ports)).rejects.toBeInstanceOf(
      InvalidArgumentError,
    );
    expect(await ns.network.sysctl.get('net.ipv4.ip_local_reserved_ports')).toBe('8080');
  });
});

describe('files', () => {
  it('are read and directories listed whole, however large', () => {
    const directory = mkdtempSync(join(tmpdir(), 'files-'));
    const names = Array.from({ length: 1000 }, (_, index) => `a-rather-long-name-${index}`);
    for (const name of names) writeFileSync(join(directory, name), '');
    writeFileSync(join(directory, 'large'), 'x'.repeat(100_000));
    const files = new FilesInside(ns.fd, { at: AT_FDCWD, path: `${directory}/` });
    expect(files.read(['large', 'nothing', 'large'], 'test')).toEqual([
      'x'.repeat(100_000),
      { errno: 2, syscall: 'openat' },
      'x'.repeat(100_000),
    ]);
    const [entries] = files.list(['.'], 'test');
    expect((entries as readonly { readonly name: string }[]).map(({ name }) => name).toSorted()).toEqual(
      [...names, 'large'].toSorted(),
    );
    rmSync(directory, { recursive: true });
  });
});

describe('proc and sys', () => {
  it('show the files of that namespace', async () => {
    expect(ns.network.proc.read('net/dev')).toContain('v1.5:');
    expect(readFileSync('/proc/net/dev', 'utf8')).not.toContain('v1.5:');
    expect(ns.network.proc.list().map(({ name }) => name)).toContain('snmp');
    expect(ns.network.proc.read('net/dev_snmp6/v0')).toMatch(/^ifIndex +\t10\n/);
    expect(ns.network.sys.list()).toEqual(['lo', 'v0', 'v1.5']);
    expect(ns.network.sys.read('class/net/v0/address')).toBe('02:00:00:00:00:01\n');
    ns.network.sys.write('class/net/v0/mtu', '1400');
    expect((await ns.network.links.get('v0')).mtu).toBe(1400);
  });

  it('read long files whole', async () => {
    await ns.exec('sh', [
      '-c',
      'for i in $(seq 0 255); do for j in $(seq 0 2); do echo address add 10.9.$j.$i/32 dev v0; done; done | ip -batch -',
    ]);
    expect(ns.network.proc.read('net/fib_trie').match(/10\.9\.\d+\.\d+\n\s+\/32 host LOCAL/g)).toHaveLength(2 * 768);
  });

  it('say what is not there', () => {
    expect(() => ns.network.proc.read('net/nothing')).toThrow(
      'cannot read /proc/net/nothing: No such file or directory',
    );
    expect(() => ns.network.sys.read('class/net/nope/mtu')).toThrow(
      'cannot read /sys/class/net/nope/mtu: No such file',
    );
    for (const path of ['cpuinfo', 'net/../cpuinfo', '/net/dev', 'net//dev', 'net/', '../net'])
      expect(() => ns.network.proc.read(path)).toThrow(InvalidArgumentError);
    for (const path of ['kernel/x', 'class/net/../../kernel', 'class/netx'])
      expect(() => ns.network.sys.read(path)).toThrow(InvalidArgumentError);
  });
});
