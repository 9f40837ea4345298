import { commandIn } from './command-in.ts';
import { addLinkCommand, changeLinkCommand, type LinkChange } from './commands.ts';
import { type CompleteDocument, type CompleteNamespace, completed } from './complete.ts';
import type { NetworkDocument } from './document.ts';
import { isOfTheKernel, linkKind, portKind } from './link-kinds.ts';
import { falls, keyOf, Model } from './model.ts';
import { same } from './same.ts';
import type { KindData } from './schema.ts';
import { type PartName, partNames, partSection, type TableName, tableNames, tableSection } from './sections/index.ts';
import { fullLink, type LinkEntry } from './sections/links.ts';
import type { PartChange, PartSection } from './sections/part-section.ts';
import type { AnyTable, TableVerb } from './sections/table-section.ts';
import type { Step } from './step.ts';

/**
 * The steps from what is (as `describe` gives it) to what a document says, in an order that the kernel grants: what is in the way goes first,
 * a device is made after what it needs, what is reached by something after that. Pure: nothing is asked, nothing is changed.
 *
 * What is so already needs no step. What a step takes along (the addresses of a device that is made anew, say) is made again, also where the
 * document is silent about it.
 */
export function plan(document: NetworkDocument, state: NetworkDocument): Step[] {
  return planFrom(completed(document), state, completed(state));
}

/** The same for whoever has already said everything that the two mean. */
export function planFrom(wanted: CompleteDocument, state: NetworkDocument, complete: CompleteDocument): Step[] {
  return new Planner(wanted, state, complete).plan();
}

const settings = [
  'up',
  'mtu',
  'address',
  'alias',
  'group',
  'txQueueLength',
  'arp',
  'multicast',
  'allMulticast',
  'promiscuous',
] as const satisfies (keyof LinkEntry)[];
/** Of these, what is said when a device is made. (`ip link add` ignores an alias.) */
const settingsOfNew = ['mtu', 'address', 'group', 'txQueueLength'] as const;

type Place = `${string}/${string}`;

interface LinkTarget {
  readonly namespace: string;
  readonly name: string;
  readonly want: LinkEntry;
}

class Planner {
  readonly #wanted: CompleteDocument;
  readonly #model: Model;
  readonly #before: Model;
  readonly #steps: Step[] = [];

  constructor(wanted: CompleteDocument, state: NetworkDocument, complete: CompleteDocument) {
    this.#wanted = wanted;
    this.#model = Model.of(state, complete);
    this.#before = Model.of(state, complete);
  }

  plan(): Step[] {
    for (const namespace of this.#wanted.keys()) {
      if (this.#model.namespaces.has(namespace) || namespace === '.') continue;
      this.#emit({ section: 'namespaces', verb: 'create', namespace, commands: [`ip netns add ${namespace}`] });
    }
    this.#setParts('early', ({ device }, key) => device(key) === undefined);
    const targets = this.#linkTargets();
    const gone = this.#linksToDelete(targets);
    for (const [namespace, want] of this.#wanted) {
      for (const table of [...tableNames].reverse()) this.#deleteSurplus(namespace, want, table, gone);
    }
    for (const place of this.#uppersFirst(gone)) {
      const [namespace, name] = split(place);
      if (this.#model.link(namespace, name) === undefined) continue; // it went with another
      const commands = [commandIn(namespace, `ip link delete ${name}`)];
      this.#emit({ section: 'links', verb: 'delete', namespace, name, commands });
    }
    const ordered = inOrder(targets);
    for (const target of ordered) this.#makeLink(target);
    for (const target of ordered) this.#finishLink(target);
    this.#setParts('early', () => true);
    for (const [namespace, want] of this.#wanted) {
      for (const table of tableNames) this.#addMissing(namespace, want, table);
    }
    this.#setParts('late', () => true);
    return this.#steps;
  }

  /** What the document says, and what went with a device. */
  #setParts(when: 'early' | 'late', isMeant: (section: PartSection, key: string) => boolean): void {
    for (const [namespace, want] of this.#wanted) {
      for (const part of partNames) {
        const section = partSection(part);
        const before = this.#before.values(namespace, part);
        const values = this.#model.values(namespace, part);
        const said = want.parts.get(part);
        const targets = new Map(before);
        if (said !== undefined && section.deletes) for (const key of before.keys()) targets.set(key, section.nothing);
        for (const [key, value] of said ?? []) targets.set(key, value);
        for (const [key, value] of targets) {
          const device = section.device(key);
          const stays =
            device === undefined || this.#model.link(namespace, device) !== undefined || said?.has(key) === true;
          if (
            section.when === when &&
            isMeant(section, key) &&
            stays &&
            !same(value, values.get(key) ?? section.nothing)
          )
            this.#setPart(namespace, part, { key, have: values.get(key), want: value });
        }
      }
    }
  }

  #setPart(namespace: string, part: PartName, change: PartChange): void {
    const section = partSection(part);
    const device = section.device(change.key);
    const kind = device === undefined ? undefined : this.#model.link(namespace, device)?.kind;
    const commands = section.commands(namespace, change, kind);
    this.#emit({ section: part, verb: 'set', namespace, ...change, commands });
  }

  #emit(step: Step): void {
    this.#steps.push(step);
    this.#model.carryOut(step);
  }

  /** The devices that are to be, also those of which the document says nothing and that stay. */
  #linkTargets(): Map<Place, LinkTarget> {
    const targets = new Map<Place, LinkTarget>();
    const put = (namespace: string, name: string, want: LinkEntry) =>
      targets.set(`${namespace}/${name}`, { namespace, name, want });
    for (const [namespace, { links, allLinks }] of this.#wanted) {
      for (const [name, have] of this.#model.namespaces.get(namespace)?.links ?? []) {
        if (!allLinks || isOfTheKernel(name, have.kind)) put(namespace, name, have);
      }
      for (const [name, want] of links) put(namespace, name, withKindOf(this.#model.link(namespace, name), want));
    }
    this.#dropOrphans(targets);
    return targets;
  }

  /** What the document is silent about goes with the other end, or with the device below, that the document does not want. */
  #dropOrphans(targets: Map<Place, LinkTarget>): void {
    const silent = [...targets].filter(([, { namespace, name }]) => !this.#wanted.get(namespace)?.links.has(name));
    for (let before = -1; before !== targets.size; ) {
      before = targets.size;
      for (const [place, target] of silent) {
        const { namespace, want } = target;
        const { peer, link, linkNamespace = namespace } = want;
        const other: Place | undefined = peer?.link === undefined ? undefined : `${peer.namespace}/${peer.link}`;
        const below: Place | undefined = link === undefined || !falls(want) ? undefined : `${linkNamespace}/${link}`;
        const lost = (need: Place) => this.#wanted.has(split(need)[0]) && !targets.has(need);
        // Of what is in a namespace that the document does not name, nothing is known.
        if (below !== undefined && lost(below)) targets.delete(place);
        else if (other !== undefined && (lost(other) || !isOtherEnd(targets.get(other), target))) targets.delete(place);
      }
    }
  }

  /** Devices that are not to be, that cannot become what they are to be, and what goes with these. */
  #linksToDelete(targets: ReadonlyMap<Place, LinkTarget>): Set<Place> {
    const gone = new Set<Place>();
    for (const namespace of this.#wanted.keys()) {
      for (const [name, have] of this.#model.namespaces.get(namespace)?.links ?? []) {
        const target = targets.get(`${namespace}/${name}`);
        if (target === undefined || mustBeAnew(have, target.want)) gone.add(`${namespace}/${name}`);
      }
    }
    for (const place of gone) for (const other of this.#goingWith(place)) gone.add(other); // a Set shows what is added meanwhile
    return gone;
  }

  #goingWith(place: Place): Place[] {
    const [namespace, name] = split(place);
    const peer = this.#model.link(namespace, name)?.peer;
    const going: Place[] = [];
    if (peer?.link !== undefined && this.#model.link(peer.namespace ?? namespace, peer.link) !== undefined)
      going.push(`${peer.namespace ?? namespace}/${peer.link}`);
    for (const [other, { links }] of this.#model.namespaces) {
      for (const [upper, entry] of links) {
        if (entry.link === name && (entry.linkNamespace ?? other) === namespace && falls(entry))
          going.push(`${other}/${upper}`);
      }
    }
    return going;
  }

  #uppersFirst(gone: ReadonlySet<Place>): Place[] {
    const links = new Map<Place, LinkTarget>();
    for (const place of gone) {
      const [namespace, name] = split(place);
      const want = this.#model.link(namespace, name);
      if (want !== undefined) links.set(place, { namespace, name, want });
    }
    return inOrder(links)
      .reverse()
      .map(({ namespace, name }): Place => `${namespace}/${name}`);
  }

  #makeLink({ namespace, name, want }: LinkTarget): void {
    if (this.#model.link(namespace, name) === undefined) this.#addLink(namespace, name, want);
    this.#changeLink(namespace, name, want);
  }

  #addLink(namespace: string, name: string, want: LinkEntry): void {
    const { kind, link, linkNamespace, peer } = want;
    const elsewhere = linkNamespace !== undefined && linkNamespace !== namespace;
    const masterKind = this.#masterKind(namespace, want);
    // A bond takes what is down, and it is not made down where another namespace makes it.
    const withMaster = want.master !== undefined && !elsewhere;
    const entry: LinkEntry = {
      kind,
      ...this.#newSettings(want),
      ...(want.up && !takesOnlyDown(masterKind) && { up: true }),
      ...(withMaster && { master: want.master }),
      ...(link !== undefined && { link, linkNamespace: linkNamespace ?? namespace }),
      ...(hasKeys(dataOfNew(want)) && { data: dataOfNew(want) }),
    };
    const other =
      peer?.link === undefined ? undefined : this.#wanted.get(peer.namespace ?? namespace)?.links.get(peer.link);
    const added = {
      namespace,
      name,
      entry,
      ...(peer?.link !== undefined && {
        peer: {
          namespace: peer.namespace ?? namespace,
          name: peer.link,
          entry: { kind, ...(other && this.#newSettings(other)) },
        },
      }),
    };
    this.#emit({ section: 'links', verb: 'add', ...added, commands: [addLinkCommand(added)] });
  }

  /** What has to be said of a new device, because it would be otherwise. */
  #newSettings(want: LinkEntry): LinkEntry {
    const usual = fullLink({ kind: want.kind });
    return Object.fromEntries(
      settingsOfNew.filter((key) => want[key] !== undefined && want[key] !== usual[key]).map((key) => [key, want[key]]),
    );
  }

  #masterKind(namespace: string, { master }: LinkEntry): string | undefined {
    if (master === undefined) return undefined;
    return this.#wanted.get(namespace)?.links.get(master)?.kind ?? this.#model.link(namespace, master)?.kind;
  }

  #changeLink(namespace: string, name: string, want: LinkEntry): void {
    const have = this.#model.link(namespace, name);
    if (have === undefined) return;
    const masterMoves = want.master !== have.master && (want.kind !== undefined || want.master !== undefined);
    if (masterMoves && have.up && takesOnlyDown(this.#masterKind(namespace, want)))
      this.#emitChange(namespace, name, { up: false });
    const now = this.#model.link(namespace, name) ?? have;
    const change: Record<string, unknown> = {};
    for (const key of settings) if (want[key] !== undefined && want[key] !== now[key]) change[key] = want[key];
    if (masterMoves) change.master = want.master ?? null;
    const data = changedData(want, now);
    if (data !== undefined) Object.assign(change, { kind: want.kind, data });
    if (hasKeys(change)) this.#emitChange(namespace, name, change as LinkChange);
  }

  /** What can be said only when all devices are there: of a port, and of a bond which of its members it prefers. */
  #finishLink({ namespace, name, want }: LinkTarget): void {
    const have = this.#model.link(namespace, name);
    if (have === undefined) return;
    const data = changedData(want, have, true);
    if (data !== undefined) this.#emitChange(namespace, name, { kind: want.kind, data });
    const port = changedPort(want, have);
    if (port !== undefined) this.#emitChange(namespace, name, { port });
  }

  #emitChange(namespace: string, name: string, change: LinkChange): void {
    const commands = [changeLinkCommand(namespace, name, change)];
    this.#emit({ section: 'links', verb: 'change', namespace, name, change, commands });
  }

  /** What a table is to hold. Of what the document is silent about, all that is there, if the devices for it stay. */
  #targetsOf(namespace: string, want: CompleteNamespace, table: TableName): readonly object[] {
    const said = want.tables.get(table);
    if (said !== undefined) return said;
    const section = tableSection(table);
    const devices = this.#model.namespaces.get(namespace)?.links;
    const known = this.#before.namespaces.get(namespace)?.links;
    return [...this.#before.entries(namespace, table).values()].filter((entry) =>
      section
        .devices(entry)
        .every((device) => device === undefined || devices?.has(device) !== false || !known?.has(device)),
    );
  }

  #deleteSurplus(namespace: string, want: CompleteNamespace, table: TableName, gone: ReadonlySet<Place>): void {
    const said = want.tables.get(table);
    if (said === undefined) return;
    const section = tableSection(table);
    const { missing, surplus } = compare(section, said, this.#model.entries(namespace, table));
    const replaceable = replaceableBy(section, missing, surplus, this.#model.entries(namespace, table));
    const ordered = byRank(section, surplus).reverse();
    for (const entry of ordered) {
      if (replaceable.has(entry)) continue;
      const devices = section.devices(entry).filter((device) => device !== undefined);
      const goes = devices.length === 1 && gone.has(`${namespace}/${devices[0]}`);
      if (!goes && this.#model.entries(namespace, table).has(keyOf(entry)))
        this.#emitEntry(namespace, table, 'delete', entry);
    }
  }

  #addMissing(namespace: string, want: CompleteNamespace, table: TableName): void {
    const section = tableSection(table);
    const targets = this.#targetsOf(namespace, want, table);
    const { missing, surplus } = compare(section, targets, this.#model.entries(namespace, table));
    const inPlace = new Set(replaceableBy(section, missing, surplus, this.#model.entries(namespace, table)).values());
    for (const entry of byRank(section, missing)) {
      // What went with a device may be there after all.
      const restored = this.#before.entries(namespace, table).has(keyOf(entry));
      this.#emitEntry(namespace, table, restored || inPlace.has(entry) ? 'replace' : 'add', entry);
    }
  }

  #emitEntry(namespace: string, section: TableName, verb: TableVerb, entry: object): void {
    const commands = [commandIn(namespace, tableSection(section).command(verb, entry))];
    this.#emit({ section, verb, namespace, entry, commands });
  }
}

function split(place: Place): [namespace: string, name: string] {
  const slash = place.indexOf('/');
  return [place.slice(0, slash), place.slice(slash + 1)];
}

/** Whether a device, if it is to be, is to be the other end of one. */
function isOtherEnd(other: LinkTarget | undefined, { namespace, name, want }: LinkTarget): boolean {
  if (other === undefined) return true;
  const { kind, peer } = other.want;
  if (kind !== want.kind) return false;
  return peer?.link === undefined || (peer.namespace === namespace && peer.link === name);
}

function hasKeys(object: object): boolean {
  return Object.keys(object).length > 0;
}

function takesOnlyDown(kind: string | undefined): boolean {
  return kind === 'bond' || kind === 'team';
}

/** An entry without a kind only sets what is there. */
function withKindOf(have: LinkEntry | undefined, want: LinkEntry): LinkEntry {
  if (want.kind !== undefined || have?.kind === undefined) return want;
  const { kind, link, linkNamespace, peer } = have;
  return { ...want, kind, link, linkNamespace, peer };
}

/** Whether a device cannot become what it is to be, but must be made anew. */
function mustBeAnew(have: LinkEntry, want: LinkEntry): boolean {
  if (have.kind !== want.kind) return want.kind !== undefined;
  if (want.kind === undefined) return false;
  if (want.link !== have.link || want.linkNamespace !== have.linkNamespace) return true;
  if (want.peer?.link !== undefined && !same(want.peer, have.peer)) return true;
  const { fixed = [] } = linkKind(want.kind);
  return Object.entries(want.data ?? {}).some(
    ([key, value]) => (fixed === 'all' || fixed.includes(key)) && !same(value, have.data?.[key]),
  );
}

function lateKeys(kind: string | undefined): readonly string[] {
  return linkKind(kind).devices ?? [];
}

function dataOfNew({ kind, data = {} }: LinkEntry): KindData {
  const { usual = {} } = linkKind(kind);
  const late = lateKeys(kind);
  return Object.fromEntries(
    Object.entries(data).filter(([key, value]) => !late.includes(key) && !same(value, usual[key])),
  );
}

function changedData(want: LinkEntry, have: LinkEntry, late = false): KindData | undefined {
  const lates = lateKeys(want.kind);
  const changed = Object.entries(want.data ?? {}).filter(
    ([key, value]) => lates.includes(key) === late && !same(value, have.data?.[key]),
  );
  if (changed.length === 0) return undefined;
  return linkKind(want.kind).changesAll ? { ...have.data, ...want.data } : Object.fromEntries(changed);
}

/** What of a port is to change; what is not said of it is as usual. */
function changedPort(want: LinkEntry, have: LinkEntry): LinkEntry['port'] {
  const kind = want.port?.kind ?? have.port?.kind;
  if (kind === undefined || (want.port === undefined && want.kind === undefined)) return undefined;
  const { usual = {} } = portKind(kind);
  const changed = Object.entries({ ...usual, ...want.port?.data }).filter(
    ([key, value]) => !same(value, have.port?.data?.[key] ?? usual[key]),
  );
  return changed.length === 0 ? undefined : { kind, data: Object.fromEntries(changed) };
}

/** Devices in the order in which they can be made: what another one needs comes before it. */
function inOrder(links: ReadonlyMap<Place, LinkTarget>): LinkTarget[] {
  const ordered: LinkTarget[] = [];
  const seen = new Set<Place>();
  // Without recursion: a chain can be as long as a document.
  for (const start of links.keys()) {
    const stack: [place: Place, needs: Place[]][] = [];
    const enter = (place: Place) => {
      const target = links.get(place);
      if (target === undefined || seen.has(place)) return;
      seen.add(place);
      stack.push([place, needsOf(target)]);
    };
    enter(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = top[1].pop();
      if (need !== undefined) enter(need);
      else {
        stack.pop();
        const target = links.get(top[0]);
        if (target !== undefined) ordered.push(target);
      }
    }
  }
  return ordered;
}

function needsOf({ namespace, want }: LinkTarget): Place[] {
  const needs: Place[] = [];
  if (want.master !== undefined) needs.push(`${namespace}/${want.master}`);
  if (want.link !== undefined) needs.push(`${want.linkNamespace ?? namespace}/${want.link}`);
  return needs;
}

interface Difference {
  readonly missing: object[];
  readonly surplus: object[];
}

/** What of `wanted` is not there, and what is there too much. */
function compare(section: AnyTable, wanted: readonly object[], there: ReadonlyMap<string, object>): Difference {
  const left = new Map(there);
  const rest: object[] = [];
  for (const entry of wanted) if (!left.delete(keyOf(entry))) rest.push(entry);
  if (rest.length === 0 || section.loose === undefined) return { missing: rest, surplus: [...left.values()] };
  // What leaves out what the kernel finds out is the same as what says it.
  const { loose } = section;
  const byLooseKey = new Map([...left].map(([key, entry]) => [keyOf(loose(entry)), key]));
  const missing = rest.filter((entry) => {
    const key = keyOf(entry);
    const found = key === keyOf(loose(entry)) ? byLooseKey.get(key) : undefined;
    return found === undefined || !left.delete(found);
  });
  return { missing, surplus: [...left.values()] };
}

/** Which surplus entry can be replaced by which missing one, in one step: there must be one of each, and no third. */
function replaceableBy(
  section: AnyTable,
  missing: readonly object[],
  surplus: readonly object[],
  there: ReadonlyMap<string, object>,
): Map<object, object> {
  const pairs = new Map<object, object>();
  if (section.identity === undefined || missing.length === 0 || surplus.length === 0) return pairs;
  const old = onlyOnes(section.identity, [...there.values()]);
  const superfluous = new Set(surplus);
  for (const [identity, entry] of onlyOnes(section.identity, missing)) {
    const found = old.get(identity);
    if (found !== undefined && superfluous.has(found)) pairs.set(found, entry);
  }
  return pairs;
}

function onlyOnes(identity: (full: object) => string, entries: readonly object[]): Map<string, object> {
  const found = new Map<string, object>();
  const several = new Set<string>();
  for (const entry of entries) {
    const own = identity(entry);
    if (found.has(own)) several.add(own);
    found.set(own, entry);
  }
  for (const own of several) found.delete(own);
  return found;
}

function byRank(section: AnyTable, entries: readonly object[]): object[] {
  const { rank } = section;
  return rank === undefined ? [...entries] : [...entries].sort((a, b) => rank(a) - rank(b));
}
