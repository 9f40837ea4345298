import { closest } from '../closest.ts';
import { sayContainer } from '../inspect/containers/cgroups.ts';
import { type Programs, programs } from '../inspect/programs.ts';
import { sayKeeper, sumUpKeepers } from './keeper-words.ts';
import type { Listed } from './listing.ts';
import type { Column } from './table.ts';
import { UsageError } from './verb.ts';

/** A column of `netns ls`, by the name that `--columns` and `--sort` have for it. */
interface NamedColumn {
  readonly name: string;
  /** `incomplete`: there may be more than can be seen. */
  make(incomplete: boolean, of: Programs): Column<Listed>;
  /** What rows are sorted by. */
  key(row: Listed, of: Programs): string | number;
}

const none = '-';
const unlessStale = (text: (row: Listed) => string) => (row: Listed) => (row.state === 'stale' ? none : text(row));

function plain(name: string, text: (row: Listed) => string | undefined): NamedColumn {
  const cell = unlessStale((row) => text(row) ?? none);
  return { name, make: () => ({ title: name.toUpperCase(), cell }), key: (row) => text(row) ?? '' };
}

function numeric(name: string, number: (row: Listed) => number | bigint | undefined): NamedColumn {
  const cell = unlessStale((row) => String(number(row) ?? none));
  const key = (row: Listed) => Number(number(row) ?? Number.POSITIVE_INFINITY);
  return { name, make: () => ({ title: name.toUpperCase(), alignRight: true, cell }), key };
}

const columns: readonly NamedColumn[] = [
  {
    name: 'name',
    make: () => ({
      title: 'NAME',
      cell: ({ name }) => name ?? none,
      look: ({ state }, style) => (state === 'stale' ? style.warn : style.bold),
    }),
    key: ({ name }) => name ?? '\u{10ffff}',
  },
  plain('type', ({ type }) => type),
  {
    name: 'inode',
    make: () => ({
      title: 'INODE',
      alignRight: true,
      cell: ({ inode }) => (inode === undefined ? 'stale' : String(inode)),
    }),
    key: ({ inode }) => inode ?? 0,
  },
  numeric('id', ({ id }) => id),
  numeric('nsid', ({ nsid }) => nsid),
  {
    name: 'processes',
    make: (incomplete) => ({
      title: 'PROCESSES',
      alignRight: true,
      cell: unlessStale(({ pids }) => `${pids.length}${incomplete ? '+' : ''}`),
    }),
    key: ({ pids }) => -pids.length,
  },
  plain('devices', ({ devices }) => (devices === undefined ? '?' : shorten(devices))),
  numeric('owner', ({ owner }) => owner),
  numeric('parent', ({ parent }) => parent),
  numeric('references', ({ references }) => references),
  plain('container', ({ container }) => container && sayContainer(container)),
  plain('keepers', ({ keepers }) => sumUpKeepers(keepers) || 'none visible'),
  {
    name: 'note',
    make: (_, of) => ({ title: 'NOTE', cell: (row) => noteOf(row, of), look: (_row, style) => style.dim }),
    key: noteOf,
  },
];

export const columnNames: readonly string[] = columns.map(({ name }) => name);

const usual = ['name', 'inode', 'nsid', 'processes', 'devices', 'note'];
const usualOfAllTypes = ['name', 'type', 'inode', 'owner', 'processes', 'keepers', 'note'];

/** The columns of a list with commas, or the usual ones. Throws UsageError. */
export function chooseColumns(list: string | undefined, allTypes: boolean): readonly NamedColumn[] {
  const names = list?.split(',') ?? (allTypes ? usualOfAllTypes : usual);
  return names.map(columnNamed);
}

function columnNamed(name: string): NamedColumn {
  const column = columns.find((each) => each.name === name);
  if (column !== undefined) return column;
  const near = closest(name, columnNames);
  throw new UsageError(`there is no column '${name}'${near === undefined ? '' : `; did you mean '${near}'?`}`);
}

/** The rows in the order of a column; as they are without one. */
export function sortRows(
  rows: readonly Listed[],
  name: string | undefined,
  of: Programs = programs,
): readonly Listed[] {
  if (name === undefined) return rows;
  const { key } = columnNamed(name);
  const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
  return [...rows].sort((a, b) => compare(key(a, of), key(b, of)));
}

const shownDevices = 4;

function shorten(devices: readonly string[]): string {
  const more = devices.length - shownDevices;
  return more <= 1 ? devices.join(' ') : `${devices.slice(0, shownDevices).join(' ')} +${more}`;
}

function noteOf({ name, state, pids, current, initial, container, keepers }: Listed, of: Programs): string {
  if (state === 'stale') return 'no namespace is here';
  const [pid] = pids;
  return [
    ...(current ? ['this one'] : []),
    ...(initial ? ['the first of the machine'] : []),
    ...(container === undefined ? [] : [sayContainer(container, ' ')]),
    ...(name !== undefined ? [] : [pid === undefined ? hiddenBy(keepers, of) : `${pid} ${of.commandOf(pid)}`]),
  ].join(': ');
}

/** What keeps a namespace that no process is in. */
function hiddenBy(keepers: Listed['keepers'], of: Programs): string {
  const [first, ...others] = keepers;
  if (first === undefined) return 'nothing that can be seen keeps it';
  return `${sayKeeper(first, of)}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}
