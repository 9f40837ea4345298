import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { createNames } from '../../src/namespaces/named.ts';
import { answer, answerJson, netns, startNetns } from './support/cli.ts';
import { emptyRunDirectory } from './support/run-directories.ts';

beforeAll(() => createNames(['blue']));
afterAll(() => emptyRunDirectory());

const place = { family: 'inet', table: 't' };
const document = {
  nftables: [
    { add: { table: { family: 'inet', name: 't' } } },
    { add: { chain: { ...place, name: 'c', type: 'filter', hook: 'input', prio: 0, policy: 'drop' } } },
    {
      add: { set: { ...place, name: 's', type: 'inet_service', flags: ['interval'], elem: [22, { range: [80, 90] }] } },
    },
    {
      add: {
        rule: {
          ...place,
          chain: 'c',
          expr: [
            { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: '@s' } },
            { accept: null },
          ],
          comment: 'a rule',
        },
      },
    },
  ],
};

/** With something to read on standard input. */
async function load(input: string, ...options: string[]) {
  const child = startNetns(['firewall', 'load', 'blue', '-', ...options], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin?.end(input);
  const read = async (stream: AsyncIterable<Uint8Array> | null) => {
    let text = '';
    for await (const chunk of stream ?? []) text += Buffer.from(chunk).toString();
    return text;
  };
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([read(child.stdout), read(child.stderr), exit]);
  return { stdout, stderr, exitCode };
}

describe('netns firewall', () => {
  it('loads a document, shows what is there, and takes it out', async () => {
    expect(await load(JSON.stringify(document), '--dry-run')).toEqual({
      exitCode: 0,
      stderr: '',
      stdout:
        'add table inet t\nadd chain inet t c\nadd set inet t s\nadd 5 elements of set inet t s\nadd rule inet t c (nftables[3].add.rule)\n',
    });
    expect(await answer('firewall', 'show', 'blue')).toBe('');
    expect(await load(JSON.stringify(document))).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await answer('firewall', 'show', 'blue')).toBe(
      [
        'table inet t {',
        '  set s {',
        '    type inet_service',
        '    flags interval',
        '    elements = { 22, 80-90 }',
        '  }',
        '  chain c {',
        '    type filter hook input priority 0; policy drop;',
        '    tcp dport @s accept comment "a rule"',
        '  }',
        '}',
        '',
      ].join('\n'),
    );
    const shown = (await answerJson('firewall', 'show', 'blue')) as { nftables: Record<string, object>[] };
    expect(shown.nftables.map((object) => Object.keys(object)[0])).toEqual([
      'metainfo',
      'table',
      'set',
      'chain',
      'rule',
    ]);
    expect(await answer('firewall', 'flush', 'blue', '--family', 'ip')).toBe('');
    expect(await answer('firewall', 'show', 'blue', '--family', 'inet')).not.toBe('');
    expect(await answer('firewall', 'flush', 'blue')).toBe('');
    expect(await answer('firewall', 'show', 'blue')).toBe('');
    expect(await load(JSON.stringify(shown))).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('tells what is wrong, and then has done nothing', async () => {
    await answer('firewall', 'flush', 'blue');
    const [table] = document.nftables;
    expect(await load('{')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('- is not JSON') });
    const wrong = { nftables: [table, { add: { rule: { ...place, chain: 'nope', expr: [{ acept: null }] } } }] };
    expect(await load(JSON.stringify(wrong))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(
        'nftables[1].add.rule.expr[0] "acept": there is no such statement; did you mean accept?',
      ),
    });
    const refused = { nftables: [table, { add: { rule: { ...place, chain: 'nope', expr: [{ accept: null }] } } }] };
    expect(await load(JSON.stringify(refused))).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/cannot add rule inet t nope .*ENOENT/),
    });
    expect(await answer('firewall', 'show', 'blue')).toBe('');
    expect(await netns('firewall', 'sho', 'blue')).toMatchObject({ exitCode: 2 });
    expect(await netns('firewall', 'show')).toMatchObject({ exitCode: 2 });
  });

  it('tells which packets meet which rules', async () => {
    await answer('firewall', 'flush', 'blue');
    const udp = { match: { op: '==', left: { payload: { protocol: 'udp', field: 'dport' } }, right: 9 } };
    const traced = [{ mangle: { key: { meta: { key: 'nftrace' } }, value: 1 } }, { drop: null }];
    const rule = { add: { rule: { ...place, chain: 'c', expr: [udp, ...traced], comment: 'told' } } };
    const [table, chain] = document.nftables;
    using ns = NetworkNamespace.open('blue');
    await ns.network.links.set('lo', { up: true });
    await ns.network.firewall.load({ nftables: [table, chain, rule] } as never);
    const json = startNetns(['firewall', 'trace', 'blue', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const text = startNetns(['firewall', 'trace', 'blue'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const socket = ns.dgram.createSocket('udp4');
    // It says nothing when it begins to listen: packets are sent until one is told.
    const timer = setInterval(() => socket.send('xyz', 9, '127.0.0.1'), 50);
    const told = await Promise.all(
      [json, text].map(async (child) => {
        let all = '';
        for await (const chunk of child.stdout ?? []) {
          all += String(chunk);
          if (/drop.*\n/.test(all)) break;
        }
        child.kill();
        return all.split('\n');
      }),
    );
    clearInterval(timer);
    await new Promise<void>((resolve) => socket.close(resolve));
    expect(JSON.parse(told[0]?.[0] ?? '')).toMatchObject({
      ...{ event: 'rule', table: 't', chain: 'c', verdict: 'drop', iif: 'lo', protocol: 'UDP' },
      ...{ source: expect.stringMatching(/^127\.0\.0\.1:\d+$/), destination: '127.0.0.1:9', info: '3 bytes' },
    });
    expect(told[1]?.[0]).toMatch(/^[0-9a-f]{8} inet t c packet iif lo UDP 127\.0\.0\.1:\d+ > 127\.0\.0\.1:9 3 bytes$/);
    expect(told[1]?.[1]).toMatch(
      /^[0-9a-f]{8} inet t c rule \d+ \(udp dport 9 meta nftrace set 1 drop.*\) verdict drop$/,
    );
  });

  it('tells of changes as they are made', async () => {
    await answer('firewall', 'flush', 'blue');
    const child = startNetns(['firewall', 'monitor', 'blue', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
    using ns = NetworkNamespace.open('blue');
    let number = 0;
    // It says nothing when it begins to listen: changes are made until one is heard.
    const timer = setInterval(() => {
      number += 1;
      void ns.network.firewall.tables.add({ family: 'ip', name: `t${number}` }).catch(() => {});
    }, 50);
    let text = '';
    for await (const chunk of child.stdout ?? []) {
      text += String(chunk);
      if (text.includes('\n')) break;
    }
    clearInterval(timer);
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.kill();
    await gone;
    expect(JSON.parse(text.split('\n')[0] as string)).toMatchObject({ add: { table: { family: 'ip' } } });
  });
});
