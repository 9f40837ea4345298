import { describe, expect, it } from 'vitest';
import { loadFixtures } from '../../../../test/codec/load.ts';
import { decodeRuleset } from '../../../../test/nft/ruleset-fixture.ts';
import { nftObject } from '../../../netlink/families/netfilter/nft-object.ts';
import { nftRule } from '../../../netlink/families/netfilter/nft-rule.ts';
import { splitDatagram } from '../../../netlink/header.ts';
import { toPlain } from '../../../wire/plain.ts';
import { changesOf } from './ruleset-read.ts';
import { showRuleset } from './ruleset-show.ts';

/** NFT_MSG_NEW* of what a ruleset is made of. */
const making = [0x0a00, 0x0a03, 0x0a06, 0x0a09, 0x0a0c, 0x0a12];

/** What `nft` sent, to a kernel that has no SELinux to take it. */
const theirs = loadFixtures()
  .filter(({ title, direction }) => title.startsWith('nft-secmark.json') && direction === 'sent')
  .map(({ bytes }) => bytes)
  .filter((bytes) => splitDatagram(bytes).every(({ type }) => making.includes(type)));

const place = { family: 'inet', table: 't' };
const dport = { payload: { protocol: 'tcp', field: 'dport' } };
const rules = [
  [{ match: { op: '==', left: dport, right: 22 } }, { secmark: 'ssh' }],
  [{ secmark: { map: { key: dport, data: '@m' } } }],
  [{ mangle: { key: { ct: { key: 'secmark' } }, value: { meta: { key: 'secmark' } } } }],
  [{ mangle: { key: { meta: { key: 'secmark' } }, value: { ct: { key: 'secmark' } } } }],
];
/** As libnftables-json(5) has it. */
const ruleset = [
  { table: { family: 'inet', name: 't' } },
  { secmark: { family: 'inet', name: 'ssh', table: 't', context: 'system_u:object_r:ssh_server_packet_t:s0' } },
  { map: { family: 'inet', name: 'm', table: 't', type: 'inet_service', map: 'secmark', elem: [[22, 'ssh']] } },
  { chain: { ...place, name: 'c', type: 'filter', hook: 'input', prio: -225, policy: 'accept' } },
  ...rules.map((expr) => ({ rule: { ...place, chain: 'c', expr } })),
];

const sorted = (texts: readonly string[]) => [...texts].sort();

describe('contexts of SELinux', () => {
  it('are shown as they were made', () => {
    const shown = showRuleset(decodeRuleset(theirs), {});
    expect(sorted(shown.map((each) => JSON.stringify(each)))).toEqual(
      sorted(ruleset.map((each) => JSON.stringify(each))),
    );
  });

  it('are made with the attributes that nft sends', () => {
    const ours = changesOf({ nftables: ruleset }).flatMap(({ messages }) =>
      [...messages].map(
        ({ declaration, value }) => [declaration.name, (declaration as typeof nftRule).encode(value as never)] as const,
      ),
    );
    const sent = (name: string) => ours.flatMap(([kind, body]) => (kind === name ? [body] : []));
    const made = decodeRuleset(theirs);
    expect(sent('nftObject').map((body) => nftObject.decode(body).attributes.state)).toEqual(
      made.objects.map(({ attributes }) => attributes.state),
    );
    // nft also tells the id that a set has in its transaction; the name says as much.
    const bare = (rule: unknown) => JSON.stringify(toPlain(rule)).replace(/,"setId":1/, '');
    expect(sent('nftRule').map((body) => bare(nftRule.decode(body).attributes.expressions))).toEqual(
      made.rules.map(({ attributes }) => bare(attributes.expressions)),
    );
    expect(made.rules).toHaveLength(4);
  });
});
