import { nftChain } from '../../../netlink/families/netfilter/nft-chain.ts';
import { type NftElementInput, nftElements } from '../../../netlink/families/netfilter/nft-elements.ts';
import { nftFlowtable } from '../../../netlink/families/netfilter/nft-flowtable.ts';
import { nftObject } from '../../../netlink/families/netfilter/nft-object.ts';
import { nftRule } from '../../../netlink/families/netfilter/nft-rule.ts';
import { nftSet } from '../../../netlink/families/netfilter/nft-set.ts';
import { nftTable } from '../../../netlink/families/netfilter/nft-table.ts';
import { NLM_F_APPEND, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../../../netlink/header.ts';
import type { Change, ChangeMessage } from '../change.ts';
import {
  checkKeys,
  countAt,
  flagsAt,
  integerAt,
  isObject,
  type JsonObject,
  listAt,
  nameAt,
  objectAt,
  oneOrMoreAt,
  onlyEntry,
  optional,
  stringAt,
  wordAt,
} from './checked.ts';
import { isTooDeep } from './constants.ts';
import { type ElementList, itemsAt, pointsAt } from './elements-read.ts';
import { fault, Path, unknownWord } from './fault.ts';
import type { Family } from './headers.ts';
import { hooks, prioritiesOf } from './hooks.ts';
import type { LinearRule } from './linearize/target.ts';
import { linearize } from './linearize.ts';
import { objectReaders } from './objects-read.ts';
import type { SetView } from './set-attributes.ts';
import { encodeItems, type ReadSet, readSet } from './sets-read.ts';
import type { JsonContext } from './values.ts';

/** What loading has to know of the namespace. */
export interface LoadContext extends JsonContext {
  /** A set that is there already. */
  readonly set?: (family: Family, table: string, name: string) => SetView | undefined;
  /** The handle of the rule at a place of a chain, counted from 0. */
  readonly ruleAt?: (family: Family, table: string, chain: string, index: number) => bigint | undefined;
  /** The handle of a chain that is there already. */
  readonly chainHandle?: (family: Family, table: string, name: string) => bigint | undefined;
}

/** NFPROTO_* of the families. */
const familyNumbers: Readonly<Record<Family, number>> = { inet: 1, ip: 2, arp: 3, netdev: 5, bridge: 7, ip6: 10 };

/** Things that are made come in this order, whatever the order in the document: each may refer only to those before it. */
const order = ['table', 'chain', 'object', 'set', 'flowtable', 'elements', 'rule'] as const;
type Step = (typeof order)[number];

interface Made {
  readonly step: Step;
  readonly make: () => Change;
}

const verbs = ['add', 'create', 'insert', 'replace', 'delete', 'destroy', 'flush', 'rename'] as const;
type Verb = (typeof verbs)[number];
/** Commands that ask and change nothing. */
const questions = ['list', 'reset', 'get', 'describe'];

const kinds = [
  'metainfo',
  'table',
  'chain',
  'rule',
  'set',
  'map',
  'element',
  'flowtable',
  ...Object.keys(objectReaders),
  'ruleset',
  'meter',
];

/**
 * The changes that a document in the JSON of libnftables asks for: what `nft -j -f` would do, in one transaction. What `nft -j list ruleset`
 * wrote is such a document as well.
 *
 * Throws InvalidArgumentError with the place in the document: `nftables[3].add.rule.expr[0].match.left`.
 */
export function changesOf(document: unknown, context: LoadContext = {}): Change[] {
  return [...changesIn(document, context)];
}

/** The changes that a document asks for. */
export interface DocumentChanges extends Iterable<Change> {
  readonly count: number;
}

/**
 * The same one by one: a rule is read when its change is asked for, so that thousands need not be in memory at once. What depends on
 * the context has been asked for when this returns.
 */
export function changesIn(document: unknown, context: LoadContext = {}): DocumentChanges {
  const root = new Path('nftables');
  const { nftables, ...more } = objectAt(document, new Path('document'));
  checkKeys(more, ['nftables'], new Path('document'));
  const reader = new DocumentReader(context);
  for (const [index, command] of listAt(nftables, root).entries()) {
    if (isTooDeep(command)) throw fault(root.at(index), command, 'is nested too deeply');
    reader.command(command, root.at(index));
  }
  return reader.changes();
}

class DocumentReader {
  readonly #context: LoadContext;
  readonly #changes: (() => Change)[] = [];
  /** Things that are made one after the other, not yet in their order. */
  #made: Made[] = [];
  readonly #sets = new Map<string, ReadSet>();
  readonly #dynamic = new Set<string>();
  #lastId = 0;

  constructor(context: LoadContext) {
    this.#context = context;
  }

  changes(): DocumentChanges {
    this.#flush();
    const makers = this.#changes;
    return {
      count: makers.length,
      *[Symbol.iterator]() {
        for (const make of makers) yield make();
      },
    };
  }

  #flush(): void {
    for (const step of order) for (const made of this.#made) if (made.step === step) this.#changes.push(made.make);
    this.#made = [];
  }

  #add(made: Change): void {
    this.#changes.push(() => made);
  }

  command(json: unknown, path: Path): void {
    const [word, value] = onlyEntry(json, path);
    if (questions.includes(word)) throw fault(path, word, 'asks, and changes nothing: it cannot be loaded');
    const verb = verbs.find((each) => each === word);
    if (verb === undefined && !kinds.includes(word)) throw unknownWord(path, word, 'command', [...verbs, ...kinds]);
    const at = verb === undefined ? path : path.at(verb);
    const [kind, object] = verb === undefined ? [word, value] : onlyEntry(value, at);
    if (!kinds.includes(kind)) throw unknownWord(at, kind, 'kind of object', kinds);
    if (kind === 'metainfo') return;
    if (kind === 'ruleset') {
      this.#flushRuleset(verb, object, at.at(kind));
      return;
    }
    const target = objectAt(object, at.at(kind));
    const place = placeOf(kind, target, at.at(kind));
    if (verb === undefined || verb === 'add' || verb === 'create' || verb === 'insert')
      this.#make(verb ?? 'listed', kind, place);
    else {
      this.#flush();
      this.#change(verb, kind, place);
    }
  }

  #flushRuleset(verb: Verb | undefined, object: unknown, path: Path): void {
    if (verb !== 'flush') throw fault(path, verb, 'can only be flushed');
    this.#flush();
    const family =
      isObject(object) && object.family !== undefined ? familyAt(object.family, path.at('family')) : undefined;
    const header = { family: family === undefined ? 0 : familyNumbers[family] };
    this.#add(change(`flush ruleset${family === undefined ? '' : ` ${family}`}`, nftTable, 'del', { header }, 0));
  }

  #make(verb: Verb | 'listed', kind: string, place: Place): void {
    const flags = NLM_F_CREATE | (verb === 'create' ? NLM_F_EXCL : 0);
    if (verb === 'insert' && kind !== 'rule') throw fault(place.path, kind, 'cannot be inserted: only rules can');
    switch (kind) {
      case 'table':
        this.#note('table', () => tableChange(place, flags));
        return;
      case 'chain':
        this.#note('chain', chainChange(place, flags));
        return;
      case 'rule':
        this.#rule(verb, place);
        return;
      case 'set':
      case 'map':
        this.#set(kind, place, flags);
        return;
      case 'element':
        this.#elements(place, 'new', flags);
        return;
      case 'flowtable':
        this.#note('flowtable', flowtableChange(place, flags));
        return;
      default: {
        const read = objectReaders[kind];
        if (read === undefined) throw fault(place.path, kind, 'cannot be added');
        const { family, table, name, json, path } = place;
        const state = read(json, path);
        const value = { header: headerOf(family), attributes: { table, name, state, ...commentOf(json, path) } };
        this.#note('object', () => change(`add ${kind} ${describe(place)}`, nftObject, 'new', value, flags));
      }
    }
  }

  #note(step: Step, make: () => Change): void {
    this.#made.push({ step, make });
  }

  #set(kind: 'set' | 'map', place: Place, flags: number): void {
    const { family, table, name, json, path } = place;
    const set = readSet(json, kind === 'map', path, this.#context);
    this.#sets.set(describe(place), set);
    const id = this.#nextId();
    this.#note('set', () => {
      const attributes = { table, name, id, ...set.attributes(this.#dynamic.has(describe(place))) };
      return change(`add ${kind} ${describe(place)}`, nftSet, 'new', { header: headerOf(family), attributes }, flags);
    });
    if (set.elements.length > 0)
      this.#note('elements', () => elementsChange('add', 'new', place, undefined, set.elements, NLM_F_CREATE));
  }

  #elements(place: Place, verb: 'new' | 'del' | 'destroy', flags: number): void {
    const { json, path, name } = place;
    checkKeys(json, ['family', 'table', 'name', 'elem'], path);
    const view = this.#viewOf(place, name);
    if (view === undefined) throw fault(path.at('name'), name, 'there is no such set');
    // What is taken out of a map may be said by its keys alone.
    const pairs = oneOrMoreAt(json.elem).some(Array.isArray);
    const data = verb === 'new' || pairs ? view.data : undefined;
    const points = data === undefined && !view.intervals ? pointsAt(json.elem, view.key, this.#context) : undefined;
    const merge = this.#sets.get(describe(place))?.merge ?? false;
    const elements =
      points ?? encodeItems(itemsAt(json.elem, view.key, data, path.at('elem'), this.#context), view, merge, false);
    const make = () => elementsChange(verb === 'new' ? 'add' : 'delete', verb, place, undefined, elements, flags);
    if (verb === 'new') this.#note('elements', make);
    else this.#changes.push(make);
  }

  #viewOf({ family, table }: Place, name: string): SetView | undefined {
    return this.#sets.get(`${family} ${table} ${name}`)?.view ?? this.#context.set?.(family, table, name);
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  #rule(verb: Verb | 'listed', place: Place): void {
    const { json, path } = place;
    checkKeys(json, ['family', 'table', 'chain', 'expr', 'handle', 'index', 'comment'], path);
    const insert = verb === 'insert';
    const flags = verb === 'replace' ? NLM_F_REPLACE : NLM_F_CREATE | (insert ? 0 : NLM_F_APPEND);
    // Handles that were listed are of the rules that were there then.
    const position = verb === 'listed' || verb === 'replace' ? undefined : this.#positionOf(place);
    const where = verb === 'replace' ? { handle: handleAt(json, path) } : position === undefined ? {} : { position };
    for (const name of setsFilledBy(json.expr)) this.#dynamic.add(describe({ ...place, name }));
    const what = insert ? 'insert' : verb === 'replace' ? 'replace' : 'add';
    this.#note('rule', () => ruleChange(what, place, this.#linear(place), where, flags));
  }

  #linear(place: Place): LinearRule {
    const { family, json, path } = place;
    const statements = listAt(json.expr, path.at('expr'));
    return linearize(
      statements,
      {
        ...this.#context,
        family,
        set: (name) => this.#viewOf(place, name),
        nextId: () => this.#nextId(),
      },
      path.at('expr'),
    );
  }

  #positionOf({ family, table, json, path }: Place): bigint | undefined {
    if (json.handle !== undefined) return handleAt(json, path);
    if (json.index === undefined) return undefined;
    const chain = nameAt(json.chain, path.at('chain'));
    const index = integerAt(json.index, path.at('index'));
    const handle = this.#context.ruleAt?.(family, table, chain, index);
    if (handle === undefined)
      throw fault(path.at('index'), index, `there is no such rule in ${family} ${table} ${chain}`);
    return handle;
  }

  #change(verb: Exclude<Verb, 'add' | 'create' | 'insert'>, kind: string, place: Place): void {
    const { family, table, name, json, path } = place;
    if (verb === 'replace') {
      if (kind !== 'rule') throw fault(path, kind, 'cannot be replaced: only rules can');
      this.#rule('replace', place);
      this.#flush();
      return;
    }
    if (verb === 'rename') {
      if (kind !== 'chain') throw fault(path, kind, 'cannot be renamed: only chains can');
      const newname = nameAt(json.newname, path.at('newname'));
      const handle =
        json.handle === undefined ? this.#context.chainHandle?.(family, table, name) : handleAt(json, path);
      if (handle === undefined) throw fault(path.at('name'), name, 'there is no such chain');
      const value = { header: headerOf(family), attributes: { table, handle, name: newname } };
      this.#add(change(`rename chain ${describe(place)} to ${newname}`, nftChain, 'new', value, 0));
      return;
    }
    if (verb === 'flush') this.#add(flushChange(kind, place));
    else this.#delete(verb === 'delete' ? 'del' : 'destroy', kind, place);
  }

  #delete(verb: 'del' | 'destroy', kind: string, place: Place): void {
    const { family } = place;
    if (kind === 'element') {
      this.#elements(place, verb, 0);
      return;
    }
    const [declaration, attributes] = deletionOf(kind, place);
    const value = { header: headerOf(family), attributes };
    this.#add(change(`delete ${kind} ${describe(place)}`, declaration, verb, value, 0));
  }
}

/** What names a thing that is deleted: the kernel's message for it, and the attributes. */
function deletionOf(kind: string, place: Place): [declaration: ChangeMessage['declaration'], attributes: object] {
  const { table, name, json, path } = place;
  const byName = json.name === undefined && json.handle !== undefined ? { handle: handleAt(json, path) } : { name };
  switch (kind) {
    case 'table':
      return [nftTable, byName];
    case 'chain':
      return [nftChain, { table, ...byName }];
    case 'rule':
      return [nftRule, { table, chain: nameAt(json.chain, path.at('chain')), handle: handleAt(json, path) }];
    case 'set':
    case 'map':
      return [nftSet, { table, ...byName }];
    case 'flowtable':
      return [nftFlowtable, { table, ...byName }];
    default:
      if (objectReaders[kind] === undefined) throw fault(path, kind, 'cannot be deleted');
      return [nftObject, { table, name, state: { kind } }];
  }
}

/** What a command is about. */
interface Place {
  readonly family: Family;
  readonly table: string;
  readonly name: string;
  readonly json: JsonObject;
  readonly path: Path;
}

/** The sets that statements of a rule put elements into. What is wrong in them is found when the rule is read. */
function setsFilledBy(statements: unknown): string[] {
  if (!Array.isArray(statements)) return [];
  return statements.flatMap((statement) => {
    if (!isObject(statement)) return [];
    const { set, map } = statement;
    const name = isObject(set) ? set.set : isObject(map) ? map.map : undefined;
    return typeof name === 'string' ? [name.slice(1)] : []; // '@' and the name
  });
}

function familyAt(value: unknown, path: Path): Family {
  wordAt(value, familyNumbers, 'family', path);
  return value as Family;
}

function placeOf(kind: string, json: JsonObject, path: Path): Place {
  const family = json.family === undefined ? 'ip' : familyAt(json.family, path.at('family'));
  const byHandle = json.name === undefined && json.handle !== undefined;
  const name = kind === 'rule' || byHandle ? '' : nameAt(json.name, path.at('name'));
  const table = kind === 'table' ? name : nameAt(json.table, path.at('table'));
  return { family, table, name, json, path };
}

function describe({ family, table, name }: Place): string {
  return `${family} ${table} ${name}`;
}

function headerOf(family: Family): { readonly family: number } {
  return { family: familyNumbers[family] };
}

function handleAt(json: JsonObject, path: Path): bigint {
  return countAt(json.handle, path.at('handle'));
}

function commentOf(json: JsonObject, path: Path): { userdata?: { comment: string } } {
  const comment = optional(json.comment, stringAt, path.at('comment'));
  if (comment === undefined) return {};
  if (new TextEncoder().encode(comment).length > 127)
    throw fault(path.at('comment'), comment, 'must be at most 127 bytes long');
  return { userdata: { comment } };
}

function change(
  operation: string,
  declaration: ChangeMessage['declaration'],
  verb: string,
  value: unknown,
  flags: number,
): Change {
  return { operation, messages: [{ declaration, verb, value, flags }] };
}

const tableFlags = { dormant: 1, owner: 2, persist: 4 } as const;

function tableChange({ family, name, json, path }: Place, flags: number): Change {
  checkKeys(json, ['family', 'name', 'handle', 'flags', 'comment'], path);
  const attributes = {
    name,
    flags: flagsAt(json.flags, tableFlags, 'flag', path.at('flags')),
    ...commentOf(json, path),
  };
  return change(`add table ${family} ${name}`, nftTable, 'new', { header: headerOf(family), attributes }, flags);
}

function namesAt(value: unknown, path: Path): string[] {
  return oneOrMoreAt(value).map((each, index) => nameAt(each, Array.isArray(value) ? path.at(index) : path));
}

function priorityAt(value: unknown, family: Family, path: Path): number {
  if (typeof value !== 'string') return integerAt(value, path, -0x80000000, 0x7fffffff);
  const sum = /^(\w+)\s*([+-])\s*(\d{1,9})$/.exec(value);
  const base = wordAt(sum?.[1] ?? value, prioritiesOf(family), 'priority', path);
  return sum === null ? base : base + Number(`${sum[2]}${sum[3]}`);
}

/** One device has an attribute of its own, which old kernels know as well. */
function devicesAt(value: unknown, path: Path) {
  if (value === undefined) return {};
  const names = namesAt(value, path);
  const [only] = names;
  if (names.length === 1 && !only?.endsWith('*')) return { dev: only };
  return { devs: deviceNames(names) };
}

function deviceNames(names: readonly string[]) {
  const whole = names.filter((name) => !name.endsWith('*'));
  const beginnings = names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  return { ...(whole.length > 0 && { name: whole }), ...(beginnings.length > 0 && { prefix: beginnings }) };
}

const policies = { drop: 0, accept: 1 } as const;
const chainTypes = { filter: 'filter', nat: 'nat', route: 'route' } as const;

function chainChange(place: Place, flags: number): () => Change {
  const { family, table, name, json, path } = place;
  checkKeys(
    json,
    ['family', 'table', 'name', 'newname', 'handle', 'type', 'hook', 'prio', 'dev', 'policy', 'comment'],
    path,
  );
  const hook = optional(
    json.hook,
    (value, at) => wordAt(value, hooks[family], `hook of ${family}`, at),
    path.at('hook'),
  );
  if (hook === undefined && (json.type !== undefined || json.prio !== undefined || json.policy !== undefined))
    throw fault(path, json, 'needs a hook');
  const policy = optional(json.policy, (value, at) => wordAt(value, policies, 'policy', at), path.at('policy'));
  const based =
    hook === undefined
      ? {}
      : {
          hook: {
            hooknum: hook,
            priority: priorityAt(json.prio ?? 0, family, path.at('prio')),
            ...devicesAt(json.dev, path.at('dev')),
          },
          type: wordAt(json.type ?? 'filter', chainTypes, 'type of chain', path.at('type')),
          ...(policy !== undefined && { policy }),
        };
  const attributes = { table, name, ...based, ...commentOf(json, path) };
  return () => change(`add chain ${describe(place)}`, nftChain, 'new', { header: headerOf(family), attributes }, flags);
}

function flowtableChange(place: Place, flags: number): () => Change {
  const { family, table, name, json, path } = place;
  checkKeys(json, ['family', 'table', 'name', 'handle', 'hook', 'prio', 'dev', 'flags'], path);
  const bits = flagsAt(json.flags, { offload: 1, counter: 2 }, 'flag', path.at('flags'));
  const attributes = {
    table,
    name,
    hook: {
      num: 0,
      priority: priorityAt(json.prio ?? 0, family, path.at('prio')),
      ...(json.dev !== undefined && { devs: deviceNames(namesAt(json.dev, path.at('dev'))) }),
    },
    ...(bits !== 0 && { flags: bits }),
  };
  return () =>
    change(`add flowtable ${describe(place)}`, nftFlowtable, 'new', { header: headerOf(family), attributes }, flags);
}

function ruleChange(
  what: string,
  place: Place,
  made: LinearRule,
  where: { readonly handle?: bigint; readonly position?: bigint },
  flags: number,
): Change {
  const { family, table, json, path } = place;
  const chain = nameAt(json.chain, path.at('chain'));
  const header = headerOf(family);
  const messages: ChangeMessage[] = [];
  for (const { attributes, elements } of made.sets) {
    messages.push({
      declaration: nftSet,
      verb: 'new',
      value: { header, attributes: { table, ...attributes } },
      flags: NLM_F_CREATE,
    });
    messages.push(
      ...elementMessages('new', { ...place, name: attributes.name ?? '' }, attributes.id, elements, NLM_F_CREATE),
    );
  }
  const { expressions, compat } = made;
  const attributes = { table, chain, ...where, expressions, ...(compat && { compat }), ...commentOf(json, path) };
  messages.push({ declaration: nftRule, verb: 'new', value: { header, attributes }, flags });
  return {
    // There may be thousands, and mostly nobody asks.
    get operation() {
      return `${what} rule ${family} ${table} ${chain} (${path})`;
    },
    messages,
  };
}

function flushChange(kind: string, place: Place): Change {
  const { family, table, name, path } = place;
  const header = headerOf(family);
  const operation = `flush ${kind} ${kind === 'table' ? `${family} ${name}` : describe(place)}`;
  switch (kind) {
    case 'table':
      return change(operation, nftRule, 'del', { header, attributes: { table: name } }, 0);
    case 'chain':
      return change(operation, nftRule, 'del', { header, attributes: { table, chain: name } }, 0);
    case 'set':
    case 'map':
    case 'meter':
      return change(operation, nftElements, 'del', { header, attributes: { table, set: name } }, 0);
    default:
      throw unknownWord(path, kind, 'thing to flush', ['ruleset', 'table', 'chain', 'set', 'map', 'meter']);
  }
}

function elementsChange(
  what: string,
  verb: string,
  place: Place,
  setId: number | undefined,
  elements: ElementList,
  flags: number,
): Change {
  const count = elements.length === 1 ? 'an element' : `${elements.length} elements`;
  return {
    operation: `${what} ${count} of set ${describe(place)}`,
    messages: elementMessages(verb, place, setId, elements, flags),
  };
}

/** An attribute holds 65,531 bytes. */
const MOST_BYTES = 65_000;

/** As many messages as it takes. */
function* elementMessages(
  verb: string,
  { family, table, name }: Place,
  setId: number | undefined,
  elements: ElementList,
  flags: number,
): Iterable<ChangeMessage> {
  const header = headerOf(family);
  let batch: NftElementInput[] = [];
  let bytes = 0;
  const message = (): ChangeMessage => ({
    declaration: nftElements,
    verb,
    value: { header, attributes: { table, set: name, ...(setId !== undefined && { setId }), elements: batch } },
    flags,
  });
  for (const element of elements) {
    const size = sizeOf(element);
    if (bytes + size > MOST_BYTES) {
      yield message();
      batch = [];
      bytes = 0;
    }
    batch.push(element);
    bytes += size;
  }
  if (batch.length > 0) yield message();
}

/** At most so many bytes long: attributes have four bytes of header and up to three of padding. */
function sizeOf({
  key,
  keyEnd,
  data,
  flags,
  timeout,
  expiration,
  userdata,
  objref,
  expr,
  expressions,
}: NftElementInput): number {
  const value = (bytes: Uint8Array | undefined) => (bytes === undefined ? 0 : bytes.length + 11);
  const text = (string: string | undefined) => (string === undefined ? 0 : 3 * string.length + 16);
  return (
    4 +
    value(key?.value) +
    value(keyEnd?.value) +
    value(data?.value) +
    (data?.verdict === undefined ? 0 : 24 + text(data.verdict.chain)) +
    (flags === undefined ? 0 : 8) +
    (timeout === undefined ? 0 : 12) +
    (expiration === undefined ? 0 : 12) +
    (userdata === undefined ? 0 : 16 + text(userdata.comment)) +
    text(objref) +
    128 * ((expressions?.length ?? 0) + (expr === undefined ? 0 : 1))
  );
}
