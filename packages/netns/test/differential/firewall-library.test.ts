import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import type { Firewall } from '../../src/network/firewall/firewall.ts';
import type { Ruleset } from '../../src/network/firewall/ruleset.ts';
import type { Fixture } from '../codec/fixture.ts';

// What nft made is read, made once more from what was read, and shown by nft; and the other way round.
const hasNft = spawnSync('nft', ['--version']).status === 0;

let ns: NetworkNamespace;
let firewall: Firewall;
beforeAll(() => {
  ns = NetworkNamespace.create();
  ({ firewall } = ns.network);
});
afterAll(() => ns.close());

/** The commands that made what a fixture was captured of. */
function setupOf(name: string): string {
  const text = readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as Fixture).setup.filter((line) => !line.startsWith('ip link')).join('\n');
}

async function run(script: string): Promise<string> {
  const { stdout, stderr, exitCode } = await ns.exec('sh', ['-ec', script]);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

/** What nft shows, without times that pass. (Not as JSON: nft 1.0.6 says nothing at all where there are timeouts of connections.) */
async function shown(): Promise<string> {
  return (await run('nft list ruleset')).replaceAll(/ expires \S+/g, '');
}

/** What the library shows, without the same. */
function lasting({ generation: _, ...ruleset }: Ruleset): unknown {
  const passing = ['handle', 'expires', 'message'];
  const text = JSON.stringify(ruleset, (key, value) => {
    if (passing.includes(key)) return undefined;
    return typeof value === 'bigint' ? String(value) : value;
  });
  return JSON.parse(text);
}

/** Sets are in the order of a hash that is another one each time. */
const sorted = (ruleset: Ruleset): Ruleset => ({
  ...ruleset,
  sets: ruleset.sets.map((set) => ({
    ...set,
    elements: [...set.elements].sort((a, b) => (String(a.key) < String(b.key) ? -1 : 1)),
  })),
});

describe.skipIf(!hasNft)('a ruleset that nft made', () => {
  beforeAll(async () => {
    await ns.network.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
  });

  it.each(['nft-objects-list', 'nft-sets-list', 'nft-match-list', 'nft-act-list', 'nft-compat-list'])(
    'is the same for nft when it is made from what was listed: %s',
    async (name) => {
      await run(`nft flush ruleset\n${setupOf(name)}`);
      const before = await shown();
      const listed = await firewall.list();
      expect(listed.tables.length).toBeGreaterThan(0);
      await firewall.transaction((transaction) => {
        transaction.flush();
        transaction.addAll(listed);
      });
      expect(await shown()).toEqual(before);
      expect(lasting(sorted(await firewall.list()))).toEqual(lasting(sorted(listed)));
    },
  );
});

describe.skipIf(!hasNft)('what the library makes', () => {
  it('is shown by nft in its words', async () => {
    await firewall.transaction(({ flush, tables, chains, sets, elements, rules, objects }) => {
      const at = { family: 'inet', table: 't' } as const;
      flush();
      tables.add({ family: 'inet', name: 't', comment: 'a table' });
      chains.add({ ...at, name: 'in', hook: 'input', priority: 'filter', policy: 'drop', comment: 'a chain' });
      chains.add({ ...at, name: 'other' });
      objects.add({ ...at, name: 'n', state: { kind: 'counter', data: { packets: 1n, bytes: 2n } } });
      sets.add({ ...at, name: 's', keyType: 7, keyLength: 4, flags: ['interval'], comment: 'a set' });
      elements.add({ ...at, name: 's' }, [
        { key: Uint8Array.of(10, 0, 0, 0), comment: 'an element' },
        { key: Uint8Array.of(11, 0, 0, 0), flags: ['interval_end'] },
      ]);
      sets.add({ ...at, name: 'v', keyType: 13, keyLength: 2, flags: ['map'], dataType: 0xffffff00 });
      elements.add({ ...at, name: 'v' }, [{ key: Uint8Array.of(0, 22), verdict: { code: -3, chain: 'other' } }]);
      rules.add({
        ...at,
        chain: 'in',
        comment: 'a rule',
        expressions: [
          { kind: 'meta', data: { key: 15, dreg: 1 } },
          { kind: 'cmp', data: { sreg: 1, op: 0, data: { value: Uint8Array.of(2) } } },
          { kind: 'payload', data: { base: 1, offset: 12, len: 4, dreg: 1 } },
          { kind: 'lookup', data: { set: 's', sreg: 1 } },
          { kind: 'counter', data: {} },
          { kind: 'immediate', data: { dreg: 0, data: { verdict: { code: 1 } } } },
        ],
      });
    });
    expect(await run('nft list ruleset')).toBe(`table inet t {
	comment "a table"
	counter n {
		packets 1 bytes 2
	}

	set s {
		type ipv4_addr
		flags interval
		comment "a set"
		elements = { 10.0.0.0/8 comment "an element" }
	}

	map v {
		type inet_service : verdict
		elements = { 22 : jump other }
	}

	chain in {
		comment "a chain"
		type filter hook input priority filter; policy drop;
		ip saddr @s counter packets 0 bytes 0 accept comment "a rule"
	}

	chain other {
	}
}
`);
  });
});
