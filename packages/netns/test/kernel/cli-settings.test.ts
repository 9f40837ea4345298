import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
