import { EINVAL } from '../../../errno-numbers.ts';
import { type NamespaceType, namespaceTypes } from '../../../namespaces/type.ts';
import { Failure, failure } from '../util-linux/failure.ts';
import { getopt } from '../util-linux/getopt.ts';
import { helpOf, versionOf } from '../util-linux/help.ts';
import { mostUnsigned, parseWhole } from '../util-linux/numbers.ts';
import { findColumn, type LsnsColumn, lsnsColumns } from './columns.ts';
import type { FilterNode } from './filter/node.ts';
import { parseFilter } from './filter/parse.ts';
import { lsnsOptions, lsnsSentence } from './options.ts';

export type Tree = 'owner' | 'parent' | 'process' | 'none';

/** What the command line of lsns came to. */
export interface LsnsRequest {
  readonly form: 'table' | 'raw' | 'json';
  readonly tree: Tree;
  readonly columns: readonly LsnsColumn[];
  readonly types: readonly NamespaceType[];
  readonly headings: boolean;
  readonly truncate: boolean;
  readonly wrap: boolean;
  readonly persistent: boolean;
  readonly pid: number | undefined;
  /** Show the processes of this namespace. */
  readonly inode: bigint | undefined;
  readonly filter: FilterNode | undefined;
  /** `--list-columns`: tell what there is, and do nothing else. */
  readonly listColumns: boolean;
}

interface Draft {
  json: boolean;
  raw: boolean;
  wrap: boolean;
  list: boolean;
  all: boolean;
  headings: boolean;
  truncate: boolean;
  persistent: boolean;
  tree: Tree | undefined;
  output: string | undefined;
  pid: number | undefined;
  filter: FilterNode | undefined;
  listColumns: boolean;
  readonly types: Set<NamespaceType>;
}

const program = 'lsns';

/** Reads the words behind `lsns`. Throws Failure. */
export function readRequest(argv: readonly string[]): LsnsRequest {
  const draft: Draft = {
    json: false,
    raw: false,
    wrap: true,
    list: false,
    all: false,
    headings: true,
    truncate: true,
    persistent: false,
    tree: undefined,
    output: undefined,
    pid: undefined,
    filter: undefined,
    listColumns: false,
    types: new Set(),
  };
  const matches = getopt(lsnsOptions, argv, program, { permute: true });
  const seen = new Set<string>();
  for (let next = matches.next(); ; next = matches.next()) {
    if (next.done) return finish(draft, next.value[0]);
    const { name, value = '' } = next.value;
    const other = excluded[name];
    if (other !== undefined && seen.has(other))
      throw failure(program, `options --${other} and --${name} cannot be combined`);
    seen.add(name);
    take(draft, name, value, next.value.value !== undefined);
  }
}

/** Options that exclude each other: told as soon as the second one is read. */
const excluded: Readonly<Record<string, string>> = { json: 'raw', raw: 'json', persistent: 'task', task: 'persistent' };

function take(draft: Draft, name: keyof typeof lsnsOptions, value: string, hasValue: boolean): void {
  switch (name) {
    case 'json':
    case 'list':
    case 'persistent':
      draft[name] = true;
      break;
    case 'raw':
      draft.raw = true;
      draft.wrap = false;
      break;
    case 'list-columns':
      draft.listColumns = true;
      break;
    case 'output-all':
      draft.all = true;
      break;
    case 'nowrap':
      draft.wrap = false;
      break;
    case 'noheadings':
      draft.headings = false;
      break;
    case 'notruncate':
      draft.truncate = false;
      break;
    case 'output':
      draft.output = value;
      break;
    case 'task':
      draft.pid = Number(numberOf(value, 'PID', 1n, 0x7fff_ffffn));
      break;
    case 'type':
      draft.types.add(typeOf(value));
      break;
    case 'tree':
      draft.tree = hasValue ? treeOf(value.replace(/^=/, '')) : 'owner';
      break;
    case 'filter':
      draft.filter = filterOf(value);
      break;
    case 'help':
      throw helpOf(program, lsnsSentence, lsnsOptions, { words: '[<namespace>]', section: 8 });
    case 'version':
      throw versionOf(program);
  }
}

function numberOf(word: string, what: 'PID' | 'namespace', least: bigint, most: bigint): bigint {
  const number = parseWhole(word, least, most);
  if ('value' in number) return number.value;
  throw failure(program, `invalid ${what} argument: '${word}'`, number.errno === EINVAL ? undefined : number.errno);
}

function typeOf(word: string): NamespaceType {
  const type = namespaceTypes.find((each) => each === word);
  if (type === undefined) throw failure(program, `unknown namespace type: ${word}`);
  return type;
}

function treeOf(word: string): Tree {
  if (word === 'owner' || word === 'parent' || word === 'process') return word;
  throw failure(program, `unknown tree type: ${word}`);
}

/** An empty one is none. */
function filterOf(expression: string): FilterNode | undefined {
  if (expression === '') return undefined;
  const parsed = parseFilter(expression);
  if ('problem' in parsed) throw failure(program, `failed to parse "${expression}": ${parsed.problem}`);
  return parsed.node;
}

function finish(draft: Draft, argument: string | undefined): LsnsRequest {
  const { listColumns } = draft;
  const word = listColumns ? undefined : argument;
  if (word !== undefined && draft.pid !== undefined)
    throw failure(program, '--task is mutually exclusive with <namespace>');
  const inode = word === undefined ? undefined : numberOf(word, 'namespace', 0n, mostUnsigned);
  const processTree = !draft.list && (word !== undefined || !draft.all);
  return {
    form: draft.json ? 'json' : draft.raw ? 'raw' : 'table',
    tree: draft.tree ?? (processTree ? 'process' : 'none'),
    columns: listColumns ? [] : columnsOf(draft, word !== undefined),
    types: draft.types.size === 0 ? namespaceTypes : [...draft.types],
    headings: draft.headings,
    truncate: draft.truncate,
    wrap: draft.wrap,
    persistent: draft.persistent,
    pid: draft.pid,
    inode: inode === 0n ? undefined : inode,
    filter: draft.filter,
    listColumns,
  };
}

function columnsOf({ all, types, output }: Draft, ofOneNamespace: boolean): LsnsColumn[] {
  const usual = ofOneNamespace
    ? 'PID PPID USER COMMAND'
    : `NS TYPE NPROCS PID USER ${types.has('net') ? 'NETNSID NSFS ' : ''}COMMAND`;
  const columns = all ? lsnsColumns : usual.split(' ').map(columnNamed);
  if (output === undefined) return [...columns];
  const more = output.startsWith('+');
  const chosen = splitList(more ? output.slice(1) : output).map(columnNamed);
  const result = more ? [...columns, ...chosen] : chosen;
  if (result.length > mostColumns) throw new Failure('', 1);
  return result;
}

/** A comma at the end belongs to the name before it, as it always did: the message tells what was wrong. */
function splitList(list: string): string[] {
  const names = list.split(',');
  return list.endsWith(',') ? [...names.slice(0, -2), `${names.at(-2)},`] : names;
}

const mostColumns = lsnsColumns.length * 2;

function columnNamed(name: string): LsnsColumn {
  if (name === '') throw new Failure('', 1);
  const column = findColumn(name);
  if (column === undefined) throw failure(program, `unknown column: ${name}`);
  return column;
}
