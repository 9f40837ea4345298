import fc from 'fast-check';
import { expect, it } from 'vitest';
import { completed } from './complete.ts';
import type { NamespaceDocument, NetworkDocument } from './document.ts';
import { Model } from './model.ts';
import { plan } from './plan.ts';
import { tableNames, tableSection } from './sections/index.ts';
import { problemsOf } from './validate.ts';

/** Small worlds, so that two of them often have something in common. */
const names = ['a', 'b', 'c', 'd'] as const;
const name = fc.constantFrom(...names);
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const link = fc.oneof(
  fc.record({
    kind: fc.constant('bridge'),
    data: rarely(fc.record({ forwardDelay: fc.constantFrom(300, 1500) })),
    up: rarely(fc.boolean()),
  }),
  fc.record({
    kind: fc.constant('dummy'),
    mtu: rarely(fc.constantFrom(1400, 1500)),
    master: rarely(name),
    up: rarely(fc.boolean()),
  }),
  fc.record({ kind: fc.constant('vlan'), link: name, data: fc.record({ id: fc.integer({ min: 1, max: 3 }) }) }),
  fc.record({
    kind: fc.constant('vxlan'),
    link: rarely(name),
    data: fc.record({ id: fc.integer({ min: 1, max: 3 }), ageing: rarely(fc.constantFrom(200, 300)) }),
  }),
  fc.record({
    kind: fc.constant('veth'),
    peer: fc.record({ namespace: fc.constantFrom('x', 'y'), link: name }),
    master: rarely(name),
  }),
);

const octet = fc.integer({ min: 1, max: 3 });
const namespace: fc.Arbitrary<NamespaceDocument> = fc.record(
  {
    links: fc.dictionary(name, link, { maxKeys: 4 }),
    addresses: fc.array(
      fc.record({ link: name, address: octet.map((n) => `10.0.${n}.1/24`), label: rarely(fc.constant('other')) }),
      { maxLength: 3 },
    ),
    nexthops: fc.array(
      fc.oneof(
        fc.record({ id: octet, gateway: octet.map((n) => `10.0.${n}.2`), link: name }),
        fc.record({ id: fc.integer({ min: 4, max: 5 }), group: fc.constant([{ id: 1 }]) }),
      ),
      { maxLength: 3 },
    ),
    routes: fc.array(
      fc.oneof(
        fc.record({
          destination: octet.map((n) => `192.0.${n}.0/24`),
          gateway: octet.map((n) => `10.0.${n}.2`),
          link: rarely(name),
          metric: rarely(octet),
        }),
        fc.record({ destination: octet.map((n) => `192.0.${n}.0/24`), type: fc.constant('blackhole' as const) }),
        fc.record({ destination: octet.map((n) => `192.1.${n}.0/24`), nexthop: octet }),
      ),
      { maxLength: 4 },
    ),
    rules: fc.array(fc.record({ priority: octet, table: fc.integer({ min: 10, max: 12 }) }), { maxLength: 2 }),
    neighbours: fc.array(
      fc.record({
        link: name,
        address: octet.map((n) => `10.0.0.${n}`),
        linkAddress: octet.map((n) => `02:00:00:00:00:0${n}`),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<NamespaceDocument>;

/** A document that could be true: what refers to nothing is left out. */
const document: fc.Arbitrary<NetworkDocument> = fc
  .record({ x: namespace, y: namespace }, { requiredKeys: [] })
  .map((namespaces) => ({ version: 1, namespaces: JSON.parse(JSON.stringify(sound(namespaces))) }) as NetworkDocument)
  .filter((each) => problemsOf(each).length === 0);

function sound(namespaces: Record<string, NamespaceDocument | undefined>): Record<string, NamespaceDocument> {
  const result: Record<string, NamespaceDocument> = {};
  for (const [own, source] of Object.entries(namespaces)) {
    if (source === undefined) continue;
    const links = Object.fromEntries(
      Object.entries(source.links ?? {})
        .filter(
          ([each, entry]) =>
            entry.link === undefined || (entry.link !== each && source.links?.[entry.link]?.kind === 'bridge'),
        )
        .map(([each, entry]) => [
          each,
          source.links?.[entry.master ?? '']?.kind === 'bridge' ? entry : { ...entry, master: undefined },
        ])
        .filter(([, entry]) => (entry as { peer?: { namespace: string } }).peer?.namespace !== own),
    );
    const ids = new Set((source.nexthops ?? []).map(({ id }) => id));
    const there = (each: { readonly link?: string | undefined }) =>
      each.link === undefined || Object.hasOwn(links, each.link);
    result[own] = {
      ...source,
      ...(source.links && { links }),
      addresses: source.links && source.addresses?.filter(there),
      nexthops:
        source.links && source.nexthops?.filter((each) => there(each) && (each.group === undefined || ids.has(1))),
      routes:
        source.links &&
        source.nexthops &&
        source.routes?.filter((each) => there(each) && (each.nexthop === undefined || ids.has(each.nexthop))),
      neighbours: source.links && source.neighbours?.filter(there),
    };
  }
  return result;
}

/** What `describe` would give of a model. */
function described(model: Model): NetworkDocument {
  const namespaces: Record<string, NamespaceDocument> = {};
  for (const [each, { links, tables }] of model.namespaces) {
    namespaces[each] = {
      links: Object.fromEntries(links),
      ...Object.fromEntries(tableNames.map((table) => [table, [...(tables.get(table)?.values() ?? [])]])),
    } as NamespaceDocument;
  }
  return { version: 1, namespaces };
}

const empty: NetworkDocument = { version: 1, namespaces: {} };

function after(state: NetworkDocument, wanted: NetworkDocument): NetworkDocument {
  const model = Model.of(state);
  for (const step of plan(wanted, state)) model.carryOut(step);
  return described(model);
}

it('leads from anything to anything, and then there is nothing left to do', () => {
  fc.assert(
    fc.property(document, document, (first, second) => {
      const state = after(empty, first);
      expect(plan(first, state)).toEqual([]);
      const end = after(state, second);
      expect(plan(second, end).flatMap(({ commands }) => commands)).toEqual([]);
      holdsWhatIsSaid(second, end);
    }),
    { numRuns: 400 },
  );
});

/** The same said without the planner. */
function holdsWhatIsSaid(wanted: NetworkDocument, state: NetworkDocument): void {
  const whole = completed(wanted);
  for (const [each, { source, links, allLinks }] of whole) {
    const there = state.namespaces[each];
    const devices = Object.keys(there?.links ?? {}).filter((device) => device !== 'lo');
    if (allLinks) expect(devices.sort()).toEqual([...links.keys()].filter((device) => device !== 'lo').sort());
    for (const table of tableNames) {
      const said = source[table];
      if (said === undefined) continue;
      const { full, loose = (entry: object) => entry } = tableSection(table);
      const texts = (entries: readonly object[]) => entries.map((entry) => JSON.stringify(loose(full(entry)))).sort();
      expect(texts(there?.[table] ?? [])).toEqual(texts(said));
    }
  }
}

it('makes what a device needs before it, and the device before what needs it', () => {
  fc.assert(
    fc.property(document, (wanted) => {
      const there = new Set<string>();
      for (const step of plan(wanted, empty)) {
        if (step.section === 'links' && step.verb === 'add') {
          const { link: below, linkNamespace, master } = step.entry;
          if (below !== undefined) expect(there).toContain(`${linkNamespace}/${below}`);
          if (master !== undefined) expect(there).toContain(`${step.namespace}/${master}`);
          there.add(`${step.namespace}/${step.name}`);
          if (step.peer) there.add(`${step.peer.namespace}/${step.peer.name}`);
        } else if ('entry' in step) {
          for (const device of tableSection(step.section).devices(step.entry))
            if (device !== undefined) expect(there).toContain(`${step.namespace}/${device}`);
        }
      }
    }),
    { numRuns: 200 },
  );
});
