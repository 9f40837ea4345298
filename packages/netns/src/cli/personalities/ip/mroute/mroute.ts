import { AF_IP6MR, AF_IPMR } from '../../../../netlink/families/route/address-families.ts';
import { type RouteMessage, route } from '../../../../netlink/families/route/route.ts';
import { DeviceNames } from '../device-names.ts';
import { dumpOf } from '../dump.ts';
import { invalidArgument, misuse } from '../exit.ts';
import { type Grammar, readOptions } from '../grammar.ts';
import { type InetFamily, type InetPrefix, isAnyWord, isWithin, address as parse, prefix } from '../inet.ts';
import { tables } from '../route-names.ts';
import type { Session } from '../session.ts';
import { toJson, toText } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';
import { isPrefix, Words } from '../words.ts';
import { multicastRouteParts } from './describe.ts';

const families: Readonly<Record<InetFamily, number>> = { inet: AF_IPMR, inet6: AF_IP6MR };

const show = async () => showRoutes;

const rows: readonly SubCommand[] = [
  { words: 'show* lst* list*', load: show },
  { words: 'help*', load: async () => () => help() },
];

/** `ip mroute …`: where packets to multicast groups go. The routes are made by the program that routes. */
export function mroute(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('mroute', rows, show, session, words);
}

function help(): never {
  throw misuse(`\
Usage: ip mroute show [ [ to ] PREFIX ] [ from PREFIX ] [ iif DEVICE ]
                      [ table TABLE_ID ]
TABLE_ID := [ local | main | default | all | NUMBER ]
`);
}

interface Filter {
  to?: InetPrefix;
  from?: InetPrefix;
  iif?: number;
  /** Undefined: the one that is used by default. */
  table?: number | 'all';
}

interface Context {
  readonly devices: DeviceNames;
  readonly family: InetFamily | undefined;
}

const prefixOf = (word: string, { family }: Context) => (isAnyWord(word) ? undefined : prefix(word, family));

const grammar: Grammar<Filter, Context> = {
  rows: [
    {
      words: 'table*',
      apply: (filter, take) => {
        const word = take();
        const number = tables.numberOf(word) ?? (/^[0-9]+$/.test(word) ? Number(word) : undefined);
        if (word !== 'all' && number === undefined) throw invalidArgument(word, 'table id value is invalid\n');
        filter.table = number ?? 'all';
      },
    },
    {
      words: 'iif',
      apply: (filter, take, { devices }) => {
        filter.iif = devices.needed(take());
      },
    },
    {
      words: 'from*',
      apply: (filter, take, context) => {
        const found = prefixOf(take(), context);
        if (found !== undefined) filter.from = found;
      },
    },
  ],
  otherwise(filter, word, take, context) {
    const given = word === 'to' ? take() : word;
    if (word !== 'to' && isPrefix(word, 'help')) help();
    const found = prefixOf(given, context);
    if (found !== undefined) filter.to = found;
  },
};

async function showRoutes(session: Session, words: readonly string[]): Promise<number> {
  const { options } = session;
  const { family } = options;
  if (family !== undefined && family !== 'inet' && family !== 'inet6') return 0; // no other family has any
  const connection = await session.connection();
  const devices = new DeviceNames(connection);
  const filter: Filter = {};
  readOptions(grammar, new Words(words), filter, { devices, family });
  const asked = family === undefined ? (['inet', 'inet6'] as const) : [family];
  const attributes = typeof filter.table === 'number' ? { table: filter.table } : {};
  const found = asked.flatMap((each) =>
    dumpOf(
      connection,
      route,
      { header: { family: families[each] }, attributes },
      'list multicast routes',
      'Dump terminated',
      1,
    ),
  );
  const shown = found.filter((each) => isMeant(each, filter));
  const view = {
    ...viewOf(session),
    deviceName: (index: number) => devices.nameOf(index),
    withTable: filter.table !== undefined,
  };
  if (options.json) session.printJson(shown.map((each) => toJson(multicastRouteParts, each, view)));
  else for (const each of shown) session.output.write(`${toText(multicastRouteParts, each, view)}\n`);
  return 0;
}

/** RTN_MULTICAST. */
const multicast = 5;

function isMeant({ header, attributes }: RouteMessage, { to, from, iif, table }: Filter): boolean {
  const within = (address: string | undefined, outer: InetPrefix | undefined) =>
    outer === undefined || (address !== undefined && isWithin(parse(address), outer));
  return (
    header.type === multicast &&
    (iif === undefined || attributes.iif === iif) &&
    (table === undefined || table === 'all' || (attributes.table ?? header.table) === table) &&
    within(attributes.dst, to) &&
    within(attributes.src, from)
  );
}
