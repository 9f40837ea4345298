import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { theirs as ip } from './programs.ts';
import { inOurWords, ours, theirs } from './tc-programs.ts';

const binary = join(import.meta.dirname, '../../../bin/netns');
const ended = /qdisc pfifo beef: dev v1/;

/** Something of everything that is told of; what a kernel refuses changes nothing. */
const changes = `qdisc add dev v0 root handle 1: htb default 1
qdisc replace dev v0 root handle 1: htb default 2
class add dev v0 parent 1: classid 1:1 htb rate 1mbit
class change dev v0 parent 1: classid 1:1 htb rate 2mbit
qdisc add dev v0 parent 1:1 handle 10: pfifo limit 5
qdisc replace dev v0 parent 1:1 handle 20: pfifo limit 6
filter add dev v0 parent 1: protocol ip prio 1 u32 match u32 0 0 flowid 1:1
filter replace dev v0 parent 1: protocol ip prio 1 handle 800::800 u32 match u32 0 0 flowid 1:1
filter add dev v0 parent 1: protocol ip prio 2 matchall action drop
chain add dev v0 parent 1: chain 5
chain del dev v0 parent 1: chain 5
filter del dev v0 parent 1: protocol ip prio 1
filter del dev v0 parent 1:
actions add action mirred egress mirror dev v1 index 3
actions change action mirred egress redirect dev v1 index 3
actions add action mirred egress redirect dev v1 index 5 action mirred egress redirect dev v1 index 6
actions del action mirred index 3
actions flush action mirred
class del dev v0 classid 1:1
qdisc del dev v0 root
qdisc add dev v0 clsact
filter add dev v0 ingress protocol ip prio 1 u32 match u32 0 0 action mirred egress mirror dev v1
qdisc del dev v0 clsact
qdisc add dev v1 root handle beef: pfifo
`;

it('tc monitor tells of the same in the same words', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'netns-tc-monitor-'));
  const name = 'tm';
  execFileSync('ip', ['netns', 'add', name]);
  const children: ReturnType<typeof spawn>[] = [];
  try {
    expect(ip('-n', name, 'link', 'add', 'v0', 'up', 'type', 'veth', 'peer', 'name', 'v1').err).toBe('');
    const file = (of: string) => join(directory, of);
    writeFileSync(file('changes'), changes);
    const begin = (of: string, program: string, words: readonly string[]) => {
      const fd = openSync(file(of), 'w');
      children.push(spawn(program, words, { stdio: ['ignore', fd, fd] }));
      closeSync(fd);
    };
    const formats = [[], ['-s', '-d'], ['-ts'], ['-t']];
    for (const [at, options] of formats.entries()) {
      begin(`theirs${at}`, 'tc', ['-n', name, ...options, 'monitor']);
      begin(`ours${at}`, binary, ['tc', '-n', name, ...options, 'monitor']);
    }
    // Protocol 0, and the group of tc among those that it listens to.
    const listening = () =>
      execFileSync('ip', ['netns', 'exec', name, 'cat', '/proc/net/netlink'], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => / 0 +\d+ +0*8 /.test(line)).length;
    await expect.poll(listening, { timeout: 50_000 }).toBe(2 * formats.length);
    theirs('-n', name, '-force', '-batch', file('changes'));
    const said = (of: string) => readFileSync(file(of), 'utf8');
    for (const at of formats.keys()) {
      await expect.poll(() => said(`theirs${at}`), { timeout: 20_000 }).toMatch(ended);
      await expect.poll(() => said(`ours${at}`), { timeout: 20_000 }).toMatch(ended);
      expect(timeless(said(`ours${at}`))).toBe(timeless(inOurWords(said(`theirs${at}`))));
    }
    expect(said('ours2')).toMatch(/^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\] (deleted )?qdisc /m);
    expect(said('ours3')).toMatch(/^Timestamp: .* usec\n(deleted )?qdisc /m);
  } finally {
    for (const child of children) child.kill();
    execFileSync('ip', ['netns', 'del', name]);
    rmSync(directory, { recursive: true });
  }
});

it.each([['foo'], ['help'], ['file'], ['file', '/nowhere'], ['file', '/dev/null']])(
  'tc monitor %s %s',
  async (...words) => {
    expect(await ours('monitor', ...words)).toEqual(theirs('monitor', ...words));
  },
);

/** Each heard it at another time; and between statistics there are moments. */
function timeless(text: string): string {
  return text
    .replaceAll(/^\[[-0-9T:.]+\] /gm, '[WHEN] ')
    .replaceAll(/^Timestamp: .* usec$/gm, 'WHEN')
    .replaceAll(/ (installed|used|firstused) \d+ sec/g, '');
}
