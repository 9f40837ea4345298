import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/index.ts';
import { createNames } from '../../src/namespaces/named.ts';
import { answer, answerJson, netns, netnsWith, startNetns } from './support/cli.ts';
import { emptyRunDirectory } from './support/run-directories.ts';

beforeAll(async () => {
  createNames(['blue']);
  await answer('exec', 'blue', 'ip', 'link', 'set', 'lo', 'up');
});
afterAll(() => emptyRunDirectory());

describe('sysctl', () => {
  it('sets and shows, in the order of the words', async () => {
    expect(
      await answer(
        'sysctl',
        'blue',
        'net.ipv4.ip_forward=1',
        'net.ipv4.conf.*.rp_filter=2',
        '-n',
        'net.ipv4.ip_forward',
      ),
    ).toBe('1\n2\n2\n2\n1\n');
    expect(
      await answerJson('sysctl', 'blue', 'net.ipv4.conf.all.rp_filter', 'net.ipv4.tcp_congestion_control'),
    ).toEqual({
      'net.ipv4.conf.all.rp_filter': 2,
      'net.ipv4.tcp_congestion_control': expect.any(String),
    });
    const all = await answer('sysctl', 'blue', '--all');
    expect(all).toBe(all.split('\n').toSorted().join('\n').replace(/^\n/, '').concat('\n'));
    expect(all).toContain('net.ipv4.ip_forward = 1\n');
  });

  it('does what a file says, and tells what could not be done', async () => {
    const child = netnsWith({ stdio: ['pipe', 'pipe', 'pipe'] }, 'sysctl', 'blue', '-p', '/dev/null');
    expect(await child).toMatchObject({ exitCode: 0, stdout: '' });
    const file = startNetns(['exec', 'blue', 'sh', '-c', 'cat > /run/settings'], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    file.stdin?.end(
      '# comment\nnet.ipv4.ip_forward = 0\n-net.ipv4.nope = 1\nnet.ipv4.nothing = 1\nnet.ipv4.ip_default_ttl=99\n',
    );
    await new Promise((resolve) => file.once('close', resolve));
    expect(await netns('sysctl', 'blue', '--load', '/run/settings')).toMatchObject({
      exitCode: 1,
      stdout: 'net.ipv4.ip_forward = 0\nnet.ipv4.ip_default_ttl = 99\n',
      stderr: expect.stringMatching(
        /^netns: cannot set sysctl net\.ipv4\.nothing to 1: No such file or directory .*\n$/,
      ),
    });
  });

  it.each([
    [['sysctl'], 2, /^netns: which name\?/],
    [['sysctl', 'blue'], 2, /^netns: which setting\?/],
    [['sysctl', 'nope', '-a'], 1, /^netns: cannot open net namespace "nope"/],
    [['sysctl', 'blue', 'kernel.hostname=x'], 2, /it must begin with net/],
    [['sysctl', 'blue', 'net.ipv4.nothing'], 1, /this namespace has no sysctl net\.ipv4\.nothing/],
    [['sysctl', 'blue', '-p', '/nonexistent'], 1, /^netns: cannot open \/nonexistent: No such file/],
    [['stats'], 2, /^netns: which name\?/],
    [['stats', 'blue', '--watch=never'], 2, /--watch takes seconds/],
  ] as const)('%j fails with %i', async (words, exitCode, stderr) => {
    expect(await netns(...words)).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(stderr) });
  });
});

describe('stats', () => {
  it('shows what was counted, by pattern', async () => {
    await answer('exec', 'blue', 'ip', 'address', 'add', '192.0.2.1/32', 'dev', 'lo');
    const { counters } = await answerJson<{ counters: Record<string, number> }>('stats', 'blue', '--zero');
    expect(counters['lo.rxBytes']).toBe(0);
    expect(counters.IpInReceives).toBe(0);
    expect(counters.IpForwarding).toBeUndefined();
    expect(await answer('stats', 'blue', 'icmpinechos', 'LO.rxbyt*', '--zero')).toBe(
      'lo.rxBytes   0\nIcmpInEchos  0\n',
    );
    expect(await answerJson('stats', 'blue', 'nothing*')).toEqual({ counters: {} });
  });

  it('shows them again and again until it is interrupted', async () => {
    const child = startNetns(['stats', 'blue', '--watch=0.05', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    for await (const chunk of child.stdout ?? []) {
      text += chunk;
      if (text.split('\n').length > 3) child.kill('SIGINT');
    }
    const [first, second] = text.split('\n').map((line) => JSON.parse(line || 'null'));
    expect(first).toEqual({ counters: expect.any(Object) });
    expect(second).toEqual({ counters: expect.any(Object), seconds: expect.any(Number), rates: expect.any(Object) });
  });
});

describe('conntrack', () => {
  it('says how connections are listed to who names a namespace alone, and what a word was meant to be', async () => {
    expect((await netns('conntrack', 'blue')).stderr).toContain('say list blue');
    expect((await netns('conntrack', 'lst', 'blue')).stderr).toContain("did you mean 'list'?");
  });

  it('tells with an event what was changed', async (context) => {
    using ns = NetworkNamespace.open('blue');
    const { connections } = ns.network;
    const counted = await connections.count().catch(() => undefined);
    context.skip(counted === undefined, 'this kernel does not keep track of connections');
    const ends = { protocol: 'udp', source: '10.0.0.1', destination: '10.0.0.2', destinationPort: 2 } as const;
    const child = startNetns(['conntrack', 'events', 'blue'], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
      let heard = false;
      const first = lines.next().then(() => {
        heard = true;
      });
      // Until it listens, the kernel tells nothing of what is made.
      for (let sourcePort = 1000; !heard; sourcePort++) {
        await connections.add({ ...ends, sourcePort, timeout: 100 });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await first;
      await connections.add({ ...ends, sourcePort: 1, timeout: 100, mark: 7 });
      await connections.update({ ...ends, sourcePort: 1 }, { mark: 8 });
      const told: string[] = [];
      while (!told.at(-1)?.startsWith('update')) told.push(String((await lines.next()).value));
      expect(told.at(-2)).toMatch(/^new udp .* 10\.0\.0\.1:1 10\.0\.0\.2:2 .* mark=7$/);
      expect(told.at(-1)).toMatch(/^update udp .* mark=8$/);
    } finally {
      child.kill();
    }
  });
});
