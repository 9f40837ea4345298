import { EINVAL } from '../../../errno-numbers.ts';
import { KernelError } from '../../../errors.ts';
import { type CensusEntry, NamespaceCensus } from '../../../namespaces/discover/census.ts';
import type { SeenProcess } from '../../../namespaces/discover/in-processes.ts';
import type { Io } from '../../io.ts';
import { Failure, failure } from '../util-linux/failure.ts';
import type { OutputColumn, OutputLine } from '../util-linux/smartcols/column.ts';
import { jsonFormOf, jsonText } from '../util-linux/smartcols/json.ts';
import { rawText } from '../util-linux/smartcols/raw.ts';
import { tableText } from '../util-linux/smartcols/table.ts';
import { asciiSigns, isUtf8, utf8Signs } from '../util-linux/smartcols/tree-signs.ts';
import { CellReader } from './cells.ts';
import { type ColumnName, findColumn, type LsnsColumn } from './columns.ts';
import { evaluate, FilterMismatch } from './filter/evaluate.ts';
import { columnsIn, type FilterNode } from './filter/node.ts';
import { columnListColumns, columnListLines } from './list-columns.ts';
import { type LsnsRequest, readRequest } from './request.ts';
import { arrangeNamespaces, arrangeProcesses, type Row, type Rows } from './rows.ts';
import { terminalWidth } from './terminal-width.ts';

const program = 'lsns';
const unsupportedIoctl = 2;

/** Runs `lsns` with the words behind its name; gives the exit status. */
export async function runLsns(argv: readonly string[], io: Io): Promise<number> {
  try {
    const request = readRequest(argv);
    io.stdout.write(await answer(request, io));
    return 0;
  } catch (error) {
    if (error instanceof Failure) {
      (error.toStdout ? io.stdout : io.stderr).write(error.message);
      return error.status;
    }
    if (!(error instanceof KernelError)) throw error;
    if (error.code === 'ENOTTY') {
      io.stderr.write(`${program}: Unsupported ioctl ${error.syscall}\n`);
      return unsupportedIoctl;
    }
    io.stderr.write(`${program}: ${error.message}\n`);
    return 1;
  }
}

async function answer(request: LsnsRequest, io: Io): Promise<string> {
  if (request.listColumns) return format({ ...request, headings: false }, io, columnListColumns, columnListLines);
  const filterColumns = request.filter === undefined ? [] : columnsOfFilter(request.filter, io);
  const read = new Set<ColumnName>([...request.columns.map(({ name }) => name), ...filterColumns]);
  const ancestors = request.tree === 'owner' || request.tree === 'parent';
  using census = new NamespaceCensus({
    types: request.types,
    relations: read.has('PNS') || read.has('ONS'),
    ancestors,
  });
  // Only then: netlink takes a while to load.
  const nsids = read.has('NETNSID') ? await (await import('./nsids.ts')).readNsids(census) : new Map<number, string>();
  const cells = new CellReader(nsids, request.wrap ? '\n' : ',');
  const { tree, list } = arrange(request, census, (entry, process) => isWanted(request.filter, cells, entry, process));
  const columns = request.columns.map((column) => styled(column, request));
  const isTree = columns.some((column) => column.tree);
  const line = ({ entry, process, children }: Row): OutputLine => ({
    cells: columns.map(({ name }) => cells.text(name, entry, process)),
    children: isTree ? children.map(line) : [],
  });
  return format(request, io, columns, (isTree ? tree : list).map(line));
}

function arrange(
  request: LsnsRequest,
  census: NamespaceCensus,
  wanted: (entry: CensusEntry, process: SeenProcess | undefined) => boolean,
): Rows {
  const { inode } = request;
  if (inode === undefined) {
    return arrangeNamespaces({ entries: census.entries(), processes: census.processes }, request, wanted);
  }
  const entry = census.get(Number(inode));
  if (entry === undefined) throw failure(program, `not found namespace: ${inode}`);
  return arrangeProcesses(entry, census.processes, request, wanted);
}

/** All unknown ones are told. */
function columnsOfFilter(filter: FilterNode, io: Io): ColumnName[] {
  const names = [...new Set(columnsIn(filter))];
  const unknown = names.filter((name) => findColumn(name) === undefined);
  if (unknown.length > 0) {
    for (const name of unknown) io.stderr.write(`${program}: unknown column: ${name}\n`);
    throw failure(program, 'failed to initialize filter');
  }
  return names.flatMap((name) => findColumn(name)?.name ?? []);
}

function isWanted(
  filter: FilterNode | undefined,
  cells: CellReader,
  entry: CensusEntry,
  process: SeenProcess | undefined,
): boolean {
  if (filter === undefined) return true;
  const column = (name: string) => {
    const found = findColumn(name);
    return { json: found?.json ?? 'string', text: (found && cells.text(found.name, entry, process)) || undefined };
  };
  try {
    return evaluate(filter, { column });
  } catch (error) {
    if (error instanceof FilterMismatch) throw failure(program, 'failed to apply filter', EINVAL);
    throw error;
  }
}

function styled(column: LsnsColumn, { tree, truncate, wrap }: LsnsRequest): LsnsColumn {
  const treeIn = tree === 'process' ? 'COMMAND' : tree === 'none' ? undefined : 'NS';
  const isTree = column.name === treeIn;
  return {
    ...column,
    right: column.right === true && !isTree,
    truncate: column.truncate === true && truncate,
    lines: column.lines === true && wrap,
    tree: isTree,
  };
}

function format(
  { form, headings }: LsnsRequest,
  io: Io,
  columns: readonly OutputColumn[],
  lines: readonly OutputLine[],
): string {
  if (form === 'json') {
    const name = columns === columnListColumns ? 'lsns-columns' : 'namespaces';
    return jsonText(name, columns, lines, jsonFormOf(io.env));
  }
  const utf8 = isUtf8(io.env);
  const signs = utf8 ? utf8Signs : asciiSigns;
  if (form === 'raw') return rawText(columns, lines, { signs, headings });
  return tableText(columns, lines, {
    signs,
    utf8,
    headings,
    width: io.stdout.isTerminal ? terminalWidth(io.env) : undefined,
  });
}
