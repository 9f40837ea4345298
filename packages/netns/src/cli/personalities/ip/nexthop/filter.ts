import type { DeviceNames } from '../device-names.ts';
import { invalidArgument } from '../exit.ts';
import { type OptionRow, readOptions } from '../grammar.ts';
import { numberIn, protocols } from '../route-names.ts';
import { unsigned } from '../values.ts';
import { vrfNamed } from '../vrf.ts';
import { Words } from '../words.ts';

/** Which nexthops, or buckets of them, a listing shows. */
export interface NexthopFilter {
  device?: number;
  master?: number;
  groups?: true;
  fdb?: true;
  id?: number;
  protocol?: number;
  /** Buckets that send to this nexthop. */
  member?: number;
}

export interface FilterContext {
  readonly devices: DeviceNames;
  /** Prints the help of `ip nexthop`; does not return. */
  help(): never;
}

type Row = OptionRow<NexthopFilter, FilterContext>;

/** A device must be there when it is read. Throws Exit (255). */
export function knownDevice(devices: DeviceNames, word: string): number {
  const index = devices.indexOf(word);
  if (index === 0) throw invalidArgument(word, 'Device does not exist\n');
  return index;
}

export const nexthopFilterRows: readonly Row[] = [
  {
    words: 'dev',
    help: '[ id ID ] [ dev DEV ]',
    apply: (filter, take, { devices }) => {
      filter.device = knownDevice(devices, take());
    },
  },
  {
    words: 'groups*',
    help: '[ groups ] [ fdb ] [ master DEV ]',
    apply: (filter) => {
      filter.groups = true;
    },
  },
  {
    words: 'master',
    apply: (filter, take, { devices }) => {
      filter.master = knownDevice(devices, take());
    },
  },
  {
    words: 'vrf',
    help: '[ vrf NAME ]',
    apply: (filter, take, { devices }) => {
      filter.master = vrfNamed(devices, take()).index;
    },
  },
  {
    words: 'id',
    apply: (filter, take) => {
      filter.id = unsigned(take(), 32, 'invalid id value');
    },
  },
  {
    words: 'protocol*',
    help: '[ protocol PROTO ]',
    apply: (filter, take) => {
      filter.protocol = numberIn(protocols, take(), 32, 'invalid protocol value');
    },
  },
  {
    words: 'fdb',
    apply: (filter) => {
      filter.fdb = true;
    },
  },
];

const bucketRow: Row = {
  words: 'nhid',
  apply: (filter, take) => {
    filter.member = unsigned(take(), 32, 'invalid id value');
  },
};

function read(rows: readonly Row[], list: readonly string[], context: FilterContext): NexthopFilter {
  const filter: NexthopFilter = {};
  readOptions(
    {
      rows,
      otherwise: (_draft, word) => {
        if (word !== '' && 'help'.startsWith(word)) context.help();
        throw invalidArgument(word, '');
      },
    },
    new Words(list),
    filter,
    context,
  );
  return filter;
}

/** Reads the words behind `list` or `flush`; as with `ip`, nothing behind an id is read. Throws Exit. */
export const readNexthopFilter = (list: readonly string[], context: FilterContext) =>
  read(
    nexthopFilterRows.map((row) => (row.words === 'id' ? { ...row, last: true } : row)),
    list,
    context,
  );

/** Reads the words behind `bucket list`. Throws Exit. */
export const readBucketFilter = (list: readonly string[], context: FilterContext) =>
  read([...nexthopFilterRows, bucketRow], list, context);
