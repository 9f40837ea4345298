import type { NetlinkConnection } from '../../../../connection/connection.ts';
import { ila as declaration, type IlaMessage } from '../../../../netlink/families/generic/ila.ts';
import { ilaChecksumModes, ilaIdentifierTypes } from '../../../../netlink/families/route/encap.ts';
import { DeviceNames } from '../device-names.ts';
import { failure, misuse } from '../exit.ts';
import { type Grammar, helpLines, type OptionRow, readOptions } from '../grammar.ts';
import { ilaName, ilaNumber, locatorNumber, locatorText, type Names } from '../ila-names.ts';
import type { Command, Session } from '../session.ts';
import { type Part, toJson, toText, type View, value } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';
import { wholeDump, withGeneric } from '../with-generic.ts';
import { Words } from '../words.ts';

/** In the order in which `ip` compares them. */
const rows: readonly SubCommand[] = [
  { words: 'add*', load: async () => change('new') },
  { words: 'delete*', load: async () => change('del') },
  { words: 'list*', load: async () => list },
  { words: 'help*', load: async () => () => help() },
];

/** `ip ila …`: how locators of packets that arrive are translated. */
export function ila(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('ila', rows, async () => () => help(), session, words);
}

type Attributes = { -readonly [K in keyof IlaMessage['attributes']]?: IlaMessage['attributes'][K] };
type Row = OptionRow<Attributes, NetlinkConnection>;

const wrong = (reason: string) => failure(reason, 2);

const locator = (words: string, key: 'locator' | 'locatorMatch', title: string, help: string): Row => ({
  words,
  help,
  apply: (attributes, take) => {
    const word = take();
    const number = locatorNumber(word);
    if (number === undefined) throw wrong(`Bad ${title}: ${word}`);
    attributes[key] = number;
  },
});

const choice = (words: string, key: 'csumMode' | 'identType', names: Names, help: string): Row => ({
  words,
  help,
  apply: (attributes, take) => {
    const word = take();
    const number = ilaNumber(names, word);
    if (number === undefined) throw wrong(`Bad ${words}: ${word}`);
    attributes[key] = number;
  },
});

const options: readonly Row[] = [
  locator('loc', 'locator', 'locator', 'loc_match LOCATOR_MATCH loc LOCATOR'),
  locator('loc_match', 'locatorMatch', 'locator to match', ''),
  choice(
    'csum-mode',
    'csumMode',
    ilaChecksumModes,
    '[ csum-mode { adj-transport | neutral-map | neutral-map-auto | no-action } ]',
  ),
  choice('ident-type', 'identType', ilaIdentifierTypes, '[ ident-type { luid | use-format } ]'),
  {
    words: 'dev',
    help: '[ dev DEV ]',
    apply: (attributes, take, connection) => {
      const word = take();
      attributes.ifindex = new DeviceNames(connection).indexOf(word);
      if (attributes.ifindex === 0) throw wrong(`No such interface: ${word}`);
    },
  },
];

const grammar: Grammar<Attributes, NetlinkConnection> = { rows: options, otherwise: () => help() };

function help(): never {
  throw misuse(`\
Usage: ip ila { add | del }
${helpLines(
  options.filter((row) => row.help !== ''),
  '		',
)}       ip ila list
`);
}

function change(verb: 'new' | 'del'): Command {
  return async (session, words) => {
    const attributes: Attributes = {};
    readOptions(grammar, new Words(words), attributes, await session.connection());
    if (verb === 'new' && attributes.locator === undefined) throw wrong('ila: missing locator');
    if (attributes.locatorMatch === undefined) throw wrong('ila: missing locator to match');
    return withGeneric(
      session,
      async (connection) => {
        await connection.request(declaration, verb, attributes, { operation: 'change a translation of ILA' });
        return 0;
      },
      2,
    );
  };
}

interface IlaView extends View {
  deviceName(index: number): string;
}

const column = (text: unknown, width: number) => String(text).padEnd(width);

const parts: readonly Part<IlaMessage, IlaView>[] = [
  value(
    'locator_match',
    (text) => column(text, 20),
    ({ attributes: { locatorMatch } }) => (locatorMatch === undefined ? '-' : locatorText(locatorMatch)),
  ),
  value(
    'locator',
    (text) => column(text, 20),
    ({ attributes: { locator: to } }) => (to === undefined ? '-' : locatorText(to)),
  ),
  value(
    'interface',
    (text) => column(text, 16),
    ({ attributes: { ifindex = 0 } }, view) => (ifindex === 0 ? '*' : view.deviceName(ifindex)),
  ),
  value(
    'csum_mode',
    (text) => `${text} `,
    ({ attributes: { csumMode } }) => (csumMode === undefined ? '-' : ilaName(ilaChecksumModes, csumMode)),
  ),
  value('ident_type', '%', ({ attributes: { identType } }) =>
    identType === undefined ? '-' : ilaName(ilaIdentifierTypes, identType),
  ),
];

const list: Command = async (session) => {
  const found = await withGeneric(session, (connection) =>
    wholeDump(connection.dump(declaration, {}, { operation: 'list translations of ILA' })),
  );
  const devices = new DeviceNames(await session.connection());
  const view = { ...viewOf(session), deviceName: (index: number) => devices.nameOf(index) };
  if (session.options.json) session.printJson(found.map((each) => toJson(parts, each, view)));
  else for (const each of found) session.output.write(`${toText(parts, each, view)}\n`);
  return 0;
};
