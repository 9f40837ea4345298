import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Case, Difference, Outcome } from './case.ts';
import { addressCases } from './cases/address.ts';
import { addrlabelCases } from './cases/addrlabel.ts';
import { batchCases } from './cases/batch.ts';
import { echoCases } from './cases/echo.ts';
import { encapCases } from './cases/encap.ts';
import { execCases } from './cases/exec.ts';
import { familyCases } from './cases/families.ts';
import { frontCases } from './cases/front.ts';
import { genericCases } from './cases/generic.ts';
import { hostileCases } from './cases/hostile.ts';
import { idCases } from './cases/ids.ts';
import { kindWordCases } from './cases/kind-words.ts';
import { kindCases } from './cases/kinds.ts';
import { linkCases } from './cases/link.ts';
import { monitorCases } from './cases/monitor.ts';
import { multicastCases } from './cases/multicast.ts';
import { nameCases } from './cases/names.ts';
import { neighbourCases } from './cases/neighbour.ts';
import { netconfCases } from './cases/netconf.ts';
import { nexthopCases } from './cases/nexthop.ts';
import { ntableCases } from './cases/ntable.ts';
import { resolveCases } from './cases/resolve.ts';
import { routeCases } from './cases/route.ts';
import { ruleCases } from './cases/rule.ts';
import { savedCases } from './cases/saved.ts';
import { savedAddressCases } from './cases/saved-address.ts';
import { statsCases } from './cases/stats.ts';
import { tokenCases } from './cases/token.ts';
import { mruleCases, tunnelCases } from './cases/tunnel.ts';
import { tuntapCases } from './cases/tuntap.ts';
import { xfrmCases } from './cases/xfrm.ts';
import { type Comparison, hash, IpRecord, installed, older } from './record.ts';
import { runTwins, type Twins } from './twins.ts';

/** Every command line, run with the installed `ip` and with ours, must print, return and leave behind the same. */
const groups: Readonly<Record<string, readonly Case[]>> = {
  'the front end': frontCases,
  'names of namespaces': nameCases,
  'ids of namespaces': idCases,
  'programs in namespaces': execCases,
  'other families': familyCases,
  'what strangers write': hostileCases,
  batches: batchCases,
  links: linkCases,
  'kinds of links': kindCases,
  'words of kinds': kindWordCases,
  tunnels: tunnelCases,
  'rules of multicast routes': mruleCases,
  'tun devices': tuntapCases,
  addresses: addressCases,
  routes: routeCases,
  'encapsulations of routes': encapCases,
  rules: ruleCases,
  'saved routes and rules': savedCases,
  'saved and flushed addresses': savedAddressCases,
  'multicast and smaller objects': multicastCases,
  nexthops: nexthopCases,
  'the monitor': monitorCases,
  'settings of devices': netconfCases,
  'counters by groups': statsCases,
  'families of generic netlink': genericCases,
  'events of IPsec': xfrmCases,
  tokens: tokenCases,
  'tables of neighbours': ntableCases,
  'labels of addresses': addrlabelCases,
  neighbours: neighbourCases,
  'echoed changes': echoCases,
  'names of hosts': resolveCases,
};

describe.each(Object.entries(groups))('%s', (group, cases) => {
  const record = new IpRecord(group.replaceAll(' ', '-'));
  let comparisons: ReadonlyMap<Case, Comparison>;
  beforeAll(async () => {
    if (!existsSync(join(import.meta.dirname, '../../dist/cli/main.cjs'))) throw new Error('run `npm run build` first');
    const twins = await runTwins(cases, installed, older);
    comparisons = new Map(
      cases.map((each) => [each, { ...(twins.get(each) as Twins), key: keyOf(each), differs: each.differs }]),
    );
    record.write([...comparisons.values()]);
  }, 600_000);

  it.for(cases.map((each) => [titleOf(each), each] as const))('ip %s', ([, each], { skip }) => {
    const comparison = comparisons.get(each) as Comparison;
    if (each.changes !== true) expect(comparison.ours.state, 'a line that changes nothing').toBe('');
    const { differs } = each;
    record.expect(comparison, skip, differs && ((outcome) => expectedOf(differs, outcome, comparison.ours)));
  });

  it('the record is of these lines', () => {
    const keys = new Set(cases.map(keyOf));
    expect(record.keys.filter((key) => !keys.has(key))).toEqual([]);
  });
});

/** The name of a case in the record. */
function keyOf({ line, setup, files }: Case): string {
  return `${line.replaceAll(/\s+/g, ' ').slice(0, 80)} #${hash([line, setup, files])}`;
}

function titleOf({ line, setup }: Case): string {
  return `${line}${setup === undefined ? '' : ` (after: ${setup})`}`.replaceAll('\n', '; ').slice(0, 160);
}

function expectedOf(differs: Difference, theirs: Outcome, ours: Outcome): unknown {
  const text = (wanted: string | RegExp | undefined, other: string) =>
    wanted instanceof RegExp ? expect.stringMatching(wanted) : (wanted ?? other);
  return {
    out: text(differs.out, theirs.out),
    err: text(differs.err, theirs.err),
    code: differs.code ?? theirs.code,
    state: differs.state === 'differs' ? ours.state : theirs.state,
  };
}
