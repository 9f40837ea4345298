import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { type CaptureOptions, capture } from '../../src/inspect/capture/capture.ts';
import { writeCapture } from '../../src/inspect/capture/files.ts';
import type { CapturedPacket } from '../../src/inspect/capture/packets-in.ts';
import { AT_FDCWD, CLONE_NEWNET, O_RDWR } from '../../src/native/constants.ts';
import { Fd } from '../../src/native/fd.ts';
import { inNamespace } from '../../src/native/passage.ts';
import { perform } from '../../src/native/syscall.ts';
import { openNetwork } from '../../src/network/network.ts';
import { command, namesLeft, netns, startNetns } from './support/cli.ts';
import { readPcapng } from './support/pcapng.ts';
import { endOf } from './support/run.ts';
import { emptyRunDirectory } from './support/run-directories.ts';

let red: NetworkNamespace;
let blue: NetworkNamespace;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netns-capture-'));
  red = NetworkNamespace.createNamed('red');
  blue = NetworkNamespace.createNamed('blue');
  await red.network.links.add({ kind: 'veth', name: 'eth0', up: true, peer: { name: 'eth0', netns: blue } });
  await blue.network.links.set('eth0', { up: true });
  await red.network.addresses.add({ link: 'eth0', address: '10.9.0.1/24' });
  await blue.network.addresses.add({ link: 'eth0', address: '10.9.0.2/24' });
  await red.network.neighbours.add({ link: 'eth0', address: '10.9.0.2', linkAddress: await macOf(blue) });
});

afterAll(() => {
  red.close();
  blue.close();
  if (namesLeft().length > 0) emptyRunDirectory();
  rmSync(folder, { recursive: true });
});

async function macOf(ns: NetworkNamespace): Promise<string> {
  return (await ns.network.links.get('eth0')).address ?? '';
}

const both: CaptureOptions['from'] = [
  { namespace: 'red', interface: 'eth0' },
  { namespace: 'blue', interface: 'eth0' },
];

/** Machines differ in whom they let open it. */
function mayOpenTun(): boolean {
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Datagrams from red to blue, where nobody takes them. */
async function send(count: number, port = 9, text = 'hello'): Promise<void> {
  const socket = red.dgram.createSocket('udp4');
  try {
    for (let index = 0; index < count; index++)
      await new Promise<void>((resolve, reject) => {
        socket.send(`${text} ${index}`, port, '10.9.0.2', (error) => (error ? reject(error) : resolve()));
      });
  } finally {
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  }
}

async function all(packets: AsyncIterable<CapturedPacket>): Promise<CapturedPacket[]> {
  const found: CapturedPacket[] = [];
  for await (const packet of packets) found.push(packet);
  return found;
}

describe('capture', () => {
  it('gives packets of several namespaces in the order of time, to the nanosecond', async () => {
    const before = BigInt(Date.now()) * 1_000_000n;
    using packets = await capture({ from: both, filter: 'udp dst port 9' });
    await send(20);
    packets.stop();
    const found = await all(packets);
    expect(found).toHaveLength(40);
    expect(found.map(({ namespace, interface: name, direction }) => `${namespace} ${name} ${direction}`)).toEqual(
      Array.from({ length: 20 }, () => ['red eth0 out', 'blue eth0 in']).flat(),
    );
    for (const [index, { time }] of found.entries())
      expect(time).toBeGreaterThanOrEqual(found[index - 1]?.time ?? before - 1_000_000n);
    expect(found.some(({ time }) => time % 1000n !== 0n)).toBe(true);
    expect(Buffer.from(found[3]?.bytes ?? []).toString('latin1')).toContain('hello 1');
    expect(found[0]).toMatchObject({ linkType: 1, length: found[0]?.bytes.length });
    expect(packets.interfaces).toMatchObject([
      { number: 0, received: 20n, dropped: 0n, delivered: 20n },
      { number: 1, received: 20n, dropped: 0n, delivered: 20n },
    ]);
  });

  it('takes one direction, a part of each packet, and a number of packets', async () => {
    using out = await capture({ from: both, filter: 'udp', direction: 'out', snapLength: 20, count: 3 });
    await send(5);
    const found = await all(out);
    expect(found).toHaveLength(3);
    expect(found[0]).toMatchObject({ namespace: 'red', direction: 'out', length: 49 });
    expect(found[0]?.bytes).toHaveLength(20);
    using into = await capture({ from: both, filter: 'udp', direction: 'in', count: 5, promiscuous: false });
    await send(5);
    expect((await all(into)).every(({ namespace, direction }) => namespace === 'blue' && direction === 'in')).toBe(
      true,
    );
  });

  it('sees each packet of the loopback device once', async () => {
    await red.network.links.set('lo', { up: true });
    using packets = await capture({ from: [{ namespace: red }], filter: 'udp' });
    const socket = red.dgram.createSocket('udp4');
    await new Promise((resolve) => socket.send('x', 9, '127.0.0.1', resolve));
    socket.close();
    packets.stop();
    expect(await all(packets)).toMatchObject([{ interface: 'lo', direction: 'in', linkType: 1 }]);
  });

  it('puts tags of VLANs back that the kernel took out', async () => {
    // As it is on the wire: blue takes the tag out, red has it inside.
    const payload = Buffer.from(
      '450000200000400040110000c0000201c00002020001000900 0c0000 74616773'.replaceAll(' ', ''),
      'hex',
    );
    const frame = Buffer.concat([
      Buffer.from(`ffffffffffff020000000001 81002005 0800`.replaceAll(' ', ''), 'hex'),
      payload,
    ]);
    using packets = await capture({ from: both, filter: 'vlan 5 and udp port 9', count: 2 });
    using others = await capture({ from: both, filter: 'vlan 6 or (vlan and tcp)' });
    using socket = red.socket('packet', 'raw');
    const address = new Uint8Array(20);
    new DataView(address.buffer).setUint16(0, 17, true);
    new DataView(address.buffer).setInt32(4, (await red.network.links.get('eth0')).index, true);
    perform('send', 'sendto', socket.raw, frame, frame.length, 0, address, address.length);
    const found = await all(packets);
    expect(found.map(({ namespace }) => namespace)).toEqual(['red', 'blue']);
    for (const { bytes } of found) expect(Buffer.from(bytes).toString('hex')).toBe(frame.toString('hex'));
    others.stop();
    expect(await all(others)).toEqual([]);
  });

  it.skipIf(!mayOpenTun())('has packets of tun devices as they are: without a header of Ethernet', async () => {
    const request = new Uint8Array(40);
    request.set(Buffer.from('tun0'));
    new DataView(request.buffer).setInt16(16, 0x1001, true); // IFF_TUN | IFF_NO_PI
    const { results, failed } = inNamespace(blue.fd, CLONE_NEWNET, 'open a tun device', [
      ['openat', AT_FDCWD, '/dev/net/tun', O_RDWR],
      ['ioctl', { result: 0 }, 0x400454ca, request],
    ]);
    expect(failed).toBeUndefined();
    using tun = Fd.adopt(results[0] ?? -1, 'a tun device');
    await blue.network.links.set('tun0', { up: true });
    await blue.network.addresses.add({ link: 'tun0', address: '10.8.0.1/24' });
    using packets = await capture({ from: [{ namespace: 'blue', interface: 'tun0' }], filter: 'udp port 9', count: 1 });
    const socket = blue.dgram.createSocket('udp4');
    await new Promise((resolve) => socket.send('x', 9, '10.8.0.2', resolve));
    socket.close();
    const [packet] = await all(packets);
    expect(packet).toMatchObject({ linkType: 101, length: 29 });
    expect(packet?.bytes[0]).toBe(0x45);
    tun.close();
  });

  it('tells what is gone and what came, and goes on with the rest', async () => {
    const changes: string[] = [];
    const told = (wanted: string) =>
      new Promise<void>((resolve) => {
        waiting = (change) => change === wanted && resolve();
      });
    let waiting: (change: string) => void = () => {};
    using packets = await capture({
      from: [{ namespace: 'red' }],
      filter: 'udp port 9',
      onChange: ({ event, interface: { name } }) => {
        changes.push(`${name} ${event}`);
        waiting(`${name} ${event}`);
      },
    });
    const found = all(packets);
    const added = told('late added');
    await red.network.links.add({ kind: 'veth', name: 'late', peer: { name: 'peer0', netns: blue } });
    await added;
    const gone = told('late gone');
    await red.network.links.delete('late');
    await gone;
    await send(2);
    packets.stop();
    expect(await found).toMatchObject([{ interface: 'eth0' }, { interface: 'eth0' }]);
    expect(changes).toEqual(['late added', 'late gone']);
  });

  it('ends when nothing is left to capture from', async () => {
    await red.network.links.add({ kind: 'veth', name: 'short', up: true, peer: { name: 'peer0', netns: blue } });
    using packets = await capture({ from: [{ namespace: 'red', interface: 'short' }], filter: 'udp' });
    const found = all(packets);
    await red.network.links.delete('short');
    expect(await found).toEqual([]);
    expect(packets.interfaces).toMatchObject([{ open: false }]);
  });

  it('writes files that others read', async () => {
    const file = join(folder, 'two.pcapng');
    const packets = await capture({ from: both, filter: 'udp dst port 9' });
    await send(50);
    packets.stop();
    await writeCapture(packets, file);
    const read = readPcapng(readFileSync(file));
    const text = (code: number) => read.interfaces.map(({ options }) => options.get(code)?.toString());
    expect(text(2)).toEqual(['eth0', 'eth0']);
    expect(text(3)).toEqual(['eth0 of red', 'eth0 of blue']);
    expect(text(11)).toEqual(['\0udp dst port 9', '\0udp dst port 9']);
    expect(read.interfaces.map(({ options }) => options.get(9)?.[0])).toEqual([9, 9]);
    expect(read.interfaces[1]?.options.get(6)?.toString('hex')).toBe((await macOf(blue)).replaceAll(':', ''));
    expect(read.packets).toHaveLength(100);
    expect(new Set(read.packets.map(({ interface: number, flags }) => `${number} ${flags}`))).toEqual(
      new Set(['0 2', '1 5']),
    );
    expect(read.statistics.map(({ options }) => options.get(4)?.readBigUInt64LE())).toEqual([50n, 50n]);
    expect(read.rest).toBe(0);
    // As root it drops what root may, which a user namespace of an ordinary user does not let it.
    if (readFileSync('/proc/self/setgroups', 'utf8').trim() === 'deny') return;
    const lines = execFileSync('tcpdump', ['-n', '-r', file], { encoding: 'utf8', stdio: 'pipe' });
    expect(lines.trim().split('\n')).toHaveLength(100);
  });

  it('keeps a ring of files, each complete', async () => {
    const packets = await capture({ from: both, filter: 'udp' });
    await send(100);
    packets.stop();
    await writeCapture(packets, join(folder, 'ring.pcapng'), { fileSize: 4096, files: 2 });
    const files = readdirSync(folder)
      .filter((name) => name.startsWith('ring'))
      .sort();
    expect(files).toHaveLength(2);
    expect(files[0]).toMatch(/^ring-000\d\d\.pcapng$/);
    const read = files.map((name) => readFileSync(join(folder, name)));
    expect(read.every(({ length }) => length <= 4096)).toBe(true);
    for (const each of read.map(readPcapng)) expect(each).toMatchObject({ interfaces: { length: 2 }, rest: 0 });
    const [before, last] = read.map(readPcapng);
    expect([...(before?.packets ?? []), ...(last?.packets ?? [])].at(-1)?.bytes.toString('latin1')).toContain(
      'hello 99',
    );
    expect(last?.statistics).toHaveLength(2);
  });

  it('counts what finds no room, and stays within its memory', async () => {
    using packets = await capture({ from: both, filter: 'udp port 9', bufferSize: 256 * 1024 });
    await send(1500, 9, 'x'.repeat(1200));
    packets.stop();
    const found = await all(packets);
    const [one] = packets.interfaces;
    expect(one?.dropped).toBeGreaterThan(0n);
    expect(one?.received).toBe(1500n);
    expect((one?.delivered ?? 0n) + (one?.dropped ?? 0n)).toBe(1500n);
    expect(found.filter(({ namespace }) => namespace === 'red')).toHaveLength(Number(one?.delivered));
  });

  it.each([
    [{ from: [] }, 'nothing to capture from'],
    [{ from: both, filter: 'tcp prt 80' }, 'column 5'],
    [{ from: [{ namespace: 'red', interface: 'none' }] }, 'cannot capture on none of red: '],
    [{ from: [{ namespace: 'no-such' }] }, 'ENOENT'],
    [{ from: both, count: 0 }, 'invalid count 0'],
    [{ from: [{ namespace: 'red', interface: 'x'.repeat(16) }] }, '1 to 15 letters'],
  ])('refuses %j', async (options, reason) => {
    await expect(capture(options as CaptureOptions)).rejects.toThrow(reason);
  });

  it('does not begin when it is to end already, and can be closed at any time', async () => {
    // What IPv6 does by itself may come in the moment between.
    const nothing = { from: both, filter: 'tcp port 1' };
    using ended = await capture({ ...nothing, signal: AbortSignal.abort() });
    expect(await all(ended)).toEqual([]);
    const waiting = await capture(nothing);
    const found = all(waiting);
    waiting.close();
    expect(await found).toEqual([]);
    expect(() => waiting.close()).not.toThrow();
  });
});

describe('netns capture', () => {
  /** Started, and about to capture. */
  async function started(...words: string[]) {
    const child = startNetns(['capture', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (text) => {
      stdout += text;
    });
    const ready = new Promise<void>((resolve) =>
      child.stderr?.on('data', (text) => {
        stderr += text;
        if (stderr.includes('capturing on')) resolve();
      }),
    );
    const ended = once(child, 'close').then(([status, signal]) => ({ status, signal, stdout, stderr }));
    await Promise.race([ready, ended]);
    return { child, ended };
  }

  it.each(['SIGINT', 'SIGTERM'] as const)('finishes its file at %s', async (signal) => {
    const file = join(folder, 'interrupted.pcapng');
    const { child, ended } = await started('red:eth0', 'blue:eth0', '-w', file, '-f', 'udp');
    await send(10);
    child.kill(signal);
    expect(await ended).toMatchObject({ status: 0, stderr: expect.stringContaining('20 packets captured, 0 dropped') });
    expect(readPcapng(readFileSync(file))).toMatchObject({
      packets: { length: 20 },
      statistics: { length: 2 },
      rest: 0,
    });
  });

  it('leaves a file that can be read when it is killed', async () => {
    const file = join(folder, 'killed.pcapng');
    const { child, ended } = await started('red:eth0', '-w', file, '-f', 'udp');
    await send(10);
    const read = () => {
      const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
      return bytes.length === 0 ? 0 : readPcapng(bytes).packets.length;
    };
    while (read() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGKILL');
    await ended;
    expect(read()).toBeGreaterThan(0);
  });

  it('writes to a pipe, and ends when nobody reads', async () => {
    const { child, ended } = await started('red:eth0', '-w', '-', '-f', 'udp');
    child.stdout?.destroy();
    await send(3);
    expect(await ended).toMatchObject({ status: 0, signal: null });
  });

  it('says a line for each packet, or an object', async () => {
    const { ended } = await started('blue:eth0', '-f', 'udp', '-c', '2');
    await send(2);
    const { stdout } = await ended;
    expect(stdout.split('\n')[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{9} blue:eth0 in {2}UDP 10\.9\.0\.1:\d+ -> 10\.9\.0\.2:9 7 bytes, length 49$/,
    );
    const json = await started('blue:eth0', '-f', 'udp', '-c', '1', '--json');
    await send(1);
    const packet = JSON.parse((await json.ended).stdout);
    expect(packet).toMatchObject({ namespace: 'blue', protocol: 'UDP', destination: '10.9.0.2:9', direction: 'in' });
  });

  it('takes namespaces by path, inode and process', async () => {
    const words = [`/run/netns/red:eth0`, `${blue.id.ino}:eth0`, `net:[${blue.id.ino}]:eth0`];
    const { child, ended } = await started(...words, '-f', 'udp');
    child.kill('SIGINT');
    expect((await ended).stderr).toContain(`capturing on eth0 of /run/netns/red, eth0 of ${blue.id.ino}\n`);
    const own = await started(`${process.pid}:lo`, 'lo');
    own.child.kill('SIGINT');
    expect((await own.ended).stderr).toContain(`capturing on lo of ${process.pid}\n`);
  });

  it('needs no more than CAP_NET_RAW where it is, as tcpdump', async () => {
    using network = openNetwork();
    await network.links.set('lo', { up: true });
    const words = [
      '--bounding-set',
      '-all,+net_raw',
      '--inh-caps',
      '-all',
      '--',
      command,
      'capture',
      'lo',
      '-f',
      'udp',
    ];
    const child = spawn('setpriv', [...words, '-c', '1'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = endOf(child);
    const socket = createSocket('udp4');
    // Until it is heard: the capture may not have begun.
    const sending = setInterval(() => socket.send('hello', 9, '127.0.0.1', () => {}), 20);
    try {
      expect(await ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('UDP 127.0.0.1:') });
    } finally {
      clearInterval(sending);
      const closed = once(socket, 'close');
      socket.close();
      await closed;
      await network.links.set('lo', { up: false });
    }
  });

  it('says why it cannot write', async () => {
    const full = await started('red:eth0', '-w', '/dev/full');
    expect(await full.ended).toMatchObject({ status: 1, stderr: expect.stringContaining('ENOSPC') });
    const nowhere = await netns('capture', 'red:eth0', '-w', join(folder, 'none', 'x'));
    expect(nowhere).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('ENOENT') });
  });
});
