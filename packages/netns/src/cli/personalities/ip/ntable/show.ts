import { type NeighbourTableMessage, neighbourTable } from '../../../../netlink/families/route/neighbour-table.ts';
import { DeviceNames } from '../device-names.ts';
import { dumpOf } from '../dump.ts';
import { invalidArgument } from '../exit.ts';
import { familyName, familyNumber } from '../families.ts';
import { type OptionRow, readOptions } from '../grammar.ts';
import type { Session } from '../session.ts';
import { type Part, words as text, toJson, toText, type View, value, when } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { Words } from '../words.ts';
import { type Setting, settingLines, settingOf } from './settings.ts';
import { config, counters } from './statistics.ts';

interface TableView extends View {
  deviceName(index: number): string;
}

type Shown = Part<NeighbourTableMessage, TableView>;

const newline: Shown = text((_table, view) => view.newline);

const setting = (each: Setting): Shown =>
  value(each.json ?? each.word, `${each.word} % `, ({ attributes }) => settingOf(attributes, each));

const line = (settings: readonly Setting[]): Shown =>
  when(
    ({ attributes }) => settings.some((each) => settingOf(attributes, each) !== undefined),
    [text('    '), ...settings.map(setting), newline],
  );

const parts: readonly Shown[] = [
  value('family', '% ', ({ header }) => familyName(header.family)),
  value('name', '% ', ({ attributes }) => attributes.name),
  newline,
  value(
    'dev',
    (name, { paint, newline: end }) => `    dev ${paint('ifname', `${name} `)}${end}`,
    ({ attributes: { parms } }, view) => (parms?.ifindex === undefined ? undefined : view.deviceName(parms.ifindex)),
  ),
  ...settingLines.slice(0, 1).map(line),
  ...config,
  ...settingLines.slice(1).map(line),
  ...counters,
];

interface Filter {
  index?: number;
  name?: string;
}

const options: readonly OptionRow<Filter, DeviceNames>[] = [
  {
    words: 'dev',
    apply: (filter, take, devices) => {
      const word = take();
      filter.index = devices.indexOf(word);
      if (filter.index === 0) throw invalidArgument(word, '"DEV" is invalid');
    },
  },
  {
    words: 'name',
    apply: (filter, take) => {
      filter.name = take();
    },
  },
];

/** `ip ntable show [ dev DEV ] [ name NAME ]`. */
export async function showTables(session: Session, list: readonly string[]): Promise<number> {
  const connection = await session.connection();
  const devices = new DeviceNames(connection);
  const filter: Filter = {};
  const otherwise = (_filter: Filter, word: string) => {
    throw invalidArgument(word, 'unknown');
  };
  readOptions({ rows: options, otherwise }, new Words(list), filter, devices);
  const request = { header: { family: familyNumber(session.options.family) } };
  const shown = dumpOf(connection, neighbourTable, request, 'list the tables of neighbours').filter(
    ({ attributes: { name, parms } }) =>
      (filter.name === undefined || name === filter.name) &&
      (filter.index === undefined || parms?.ifindex === filter.index),
  );
  const view = { ...viewOf(session), deviceName: (index: number) => devices.nameOf(index) };
  if (session.options.json) session.printJson(shown.map((each) => toJson(parts, each, view)));
  else for (const each of shown) session.output.write(`${toText(parts, each, view)}\n`);
  return 0;
}
