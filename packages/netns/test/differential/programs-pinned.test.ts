import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Arena } from '../../src/native/arena.ts';
import { Fd } from '../../src/native/fd.ts';
import { syscall } from '../../src/native/syscall.ts';
import { ours, type Run, theirs } from './kinds/programs.ts';
import { iproute2Version, isOlder } from './version.ts';

// Programs of BPF that lie in a file system, given to devices and routes with the installed `ip` and with ours.

const BPF_PROG_LOAD = 5;
const BPF_OBJ_PIN = 6;
/** Types of programs (BPF_PROG_TYPE_*, `linux/bpf.h`), by the names of their files. */
const types = { xdp: 6, in: 10, out: 11, xmit: 12, local: 19 } as const;
const directory = '/run/pinned';
const file = (name: keyof typeof types) => `${directory}/${name}`;

/** Loads a program that lets everything pass, and pins it; whether the kernel allows that. */
function pin(name: keyof typeof types): boolean {
  using memory = new Arena(4096);
  const text = (at: number, words: string) => BigInt(memory.put(at, new TextEncoder().encode(`${words}\0`)));
  const call = (command: number, fill: (attributes: DataView) => void) => {
    const attributes = new DataView(new ArrayBuffer(120));
    fill(attributes);
    return syscall('bpf', command, new Uint8Array(attributes.buffer), 120);
  };
  const instructions = Uint8Array.from([0xb7, 0, 0, 0, name === 'xdp' ? 2 : 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0]);
  const loaded = call(BPF_PROG_LOAD, (attributes) => {
    attributes.setUint32(0, types[name], true);
    attributes.setUint32(4, 2, true);
    attributes.setBigUint64(8, BigInt(memory.put(0, instructions)), true);
    attributes.setBigUint64(16, text(64, 'GPL'), true);
    new Uint8Array(attributes.buffer).set(new TextEncoder().encode(name), 48);
  });
  if (loaded < 0) return false;
  using program = Fd.adopt(loaded, name);
  const pinned = call(BPF_OBJ_PIN, (attributes) => {
    attributes.setBigUint64(0, text(128, file(name)), true);
    attributes.setUint32(8, program.raw, true);
  });
  return pinned === 0;
}

const devices = `link add v0 address 02:00:00:00:00:01 index 10 type veth peer name v1 address 02:00:00:00:00:02 index 11
link set v0 up
link set v1 up
`;
const show = [
  'link show v0',
  '-d link show v0',
  '-d -j link show v0',
  'address show v0',
  '-d address show v0',
  '-6 route show dev v0 proto boot',
  '-j -6 route show dev v0 proto boot',
];

/** Lines, and whether what they leave is to be looked at. */
const lines: readonly (readonly [line: string, look?: 'look'])[] = [
  [`link set v0 xdp pinned ${file('xdp')}`, 'look'],
  [`link set v0 xdp pinned ${file('xdp')}`],
  [`-force link set v0 xdpdrv pinned ${file('xdp')}`],
  ['link set v0 xdp off', 'look'],
  [`link set v0 xdpgeneric pinned ${file('xdp')} mtu 1400`, 'look'],
  ['link set v0 xdpgeneric none'],
  [`link set v0 xdp pinned ${file('out')}`],
  ['link set v0 xdp off up'],
  ['link set v0 xdp'],
  ['link set v0 xdp foo'],
  ['link set v0 xdp pinned'],
  ['link set v0 xdp pinned /nope'],
  [`-6 route add fd10::/64 encap bpf out pinned ${file('out')} dev v0`],
  [`-6 route add fd10:1::/64 encap bpf in object-pinned ${file('in')} out pinned ${file('out')} dev v0`],
  [`-6 route add fd10:2::/64 encap bpf xmit pinned ${file('xmit')} headroom 7 dev v0`],
  [`-6 route add fd10:3::/64 encap bpf out pinned ${file('xdp')} dev v0`],
  [`-6 route add fd10:4::/64 encap bpf xmit pinned ${file('xmit')} headroom 300 dev v0`],
  [`-6 route add fd10:5::/64 encap seg6local action End.BPF endpoint pinned ${file('local')} count dev v0`, 'look'],
];

describe('programs of BPF', () => {
  let allowed = false;

  beforeAll(() => {
    mkdirSync(directory);
    try {
      execFileSync('mount', ['-t', 'bpf', 'bpf', directory], { stdio: 'ignore' });
    } catch {
      return;
    }
    allowed = (Object.keys(types) as (keyof typeof types)[]).every(pin);
    if (!allowed) return;
    for (const name of ['theirs', 'ours']) {
      execFileSync('ip', ['netns', 'add', name]);
      execFileSync('ip', ['-n', name, '-batch', '-'], { input: devices });
    }
  });

  afterAll(() => {
    if (allowed) for (const name of ['theirs', 'ours']) execFileSync('ip', ['netns', 'del', name]);
    try {
      execFileSync('umount', [directory], { stdio: 'ignore' });
    } catch {
      // it was not mounted
    }
    rmSync(directory, { recursive: true });
  });

  it('are given to devices and routes, shown and taken away as the installed ip does it', async ({ skip }) => {
    skip(!allowed, 'here nobody may load programs of BPF');
    for (const [line, look] of lines) {
      const words = (name: string, text: string) => ['-n', name, ...text.split(' ')];
      const run: Run = await ours(...words('ours', line));
      expect(run, line).toEqual(theirs(...words('theirs', line)));
      if (look === undefined) continue;
      for (const each of show) {
        const shown = plain(await ours(...words('ours', each)));
        for (const name of ['ours', 'theirs'])
          expect(shown, `after ${line}: ${each}`).toEqual(asNewest(plain(theirs(...words(name, each)))));
      }
    }
  });
});

/** An address of the link is settled a second later, and not each version of `ip` tells who made it, and of the sizes for IPv4. */
const plain = (run: Run): Run => ({
  ...run,
  out: run.out
    .replace(/ tentative|"tentative":true,/g, '')
    .replace(/ g[sr]o_ipv4_max_size \d+|,"g[sr]o_ipv4_max_size":\d+/g, '')
    .replace(/ proto kernel_ll|"protocol":"kernel_ll",/g, '')
    .replace('  allmulti', ' allmulti'),
});

const encapIsObject = !isOlder(iproute2Version('ip'), '6.15');

/** An older `ip` has what belongs to an encapsulation beside its name, not within. */
const asNewest = (run: Run): Run =>
  encapIsObject
    ? run
    : { ...run, out: run.out.replace(/"encap":("\w+"),?(.*?),"metric"/g, '"encap":{"encap_type":$1,$2},"metric"') };
