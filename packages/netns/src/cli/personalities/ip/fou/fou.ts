import type { NetlinkConnection } from '../../../../connection/connection.ts';
import { fou as declaration, type FouMessage, fouTypes } from '../../../../netlink/families/generic/fou.ts';
import { AF_INET, AF_INET6 } from '../../../../netlink/families/route/address-families.ts';
import { DeviceNames } from '../device-names.ts';
import { failure, invalidArgument, misuse } from '../exit.ts';
import { inetFamilyOf } from '../families.ts';
import { type Grammar, helpLines, type OptionRow, readOptions } from '../grammar.ts';
import { address, toText as textOf } from '../inet.ts';
import { getIpProtocol } from '../ip-protocols.ts';
import { parseUnsigned } from '../numbers.ts';
import type { Command, Session } from '../session.ts';
import { type Part, toJson, toText, type View, value } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';
import { wholeDump, withGeneric } from '../with-generic.ts';
import { isPrefix, Words } from '../words.ts';

/** In the order in which `ip` compares them. */
const rows: readonly SubCommand[] = [
  { words: 'add*', load: async () => change('new') },
  { words: 'delete*', load: async () => change('del') },
  { words: 'show*', load: async () => show },
  { words: 'help*', load: async () => () => help() },
];

/** `ip fou …`: ports whose UDP packets hold packets of other protocols. */
export function fou(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('fou', rows, async () => () => help(), session, words);
}

type Attributes = { -readonly [K in keyof FouMessage['attributes']]?: FouMessage['attributes'][K] };

interface Context {
  readonly family: 'inet' | 'inet6';
  readonly connection: NetlinkConnection;
}

type Row = OptionRow<Attributes, Context>;

function port(word: string): number {
  const number = parseUnsigned(word, 16);
  if (number === undefined || number === 0) throw invalidArgument(word, 'invalid port');
  return number;
}

const end = (word: string, name: 'local' | 'peer', help: string): Row => ({
  words: word,
  help,
  apply: (attributes, take, { family }) => {
    attributes[`${name}${family === 'inet' ? 'V4' : 'V6'}`] = textOf(address(take(), family));
  },
});

const options: readonly Row[] = [
  {
    words: 'port*',
    help: 'port PORT',
    apply: (attributes, take) => {
      attributes.port = port(take());
    },
  },
  {
    words: 'ipproto*',
    help: '{ ipproto PROTO | gue }',
    apply: (attributes, take) => {
      const word = take();
      const number = getIpProtocol(word);
      if (number === undefined || number === 0) throw invalidArgument(word, 'invalid ipproto');
      attributes.ipproto = number;
    },
  },
  {
    words: 'gue*',
    apply: (attributes) => {
      attributes.type = fouTypes.indexOf('gue');
    },
  },
  end('local*', 'local', '[ local IFADDR ]'),
  end('peer', 'peer', '[ peer IFADDR peer_port PORT ]'),
  {
    words: 'peer_port*',
    apply: (attributes, take) => {
      attributes.peerPort = port(take());
    },
  },
  {
    words: 'dev*',
    help: '[ dev IFNAME ]',
    apply: (attributes, take, { connection }) => {
      attributes.ifindex = new DeviceNames(connection).indexOf(take());
      if (attributes.ifindex === 0) throw failure('fou: unknown device name');
    },
  },
];

const grammar: Grammar<Attributes, Context> = {
  rows: options,
  otherwise(_draft, word) {
    throw misuse(`fou: unknown command "${word}"?\n${usage}`);
  },
};

const usage = `\
Usage: ip fou { add | del }
${helpLines(options, '		')}       ip fou show
PROTO := { ipproto-name | 1..255 }
PORT := { 1..65535 }
`;

function help(): never {
  throw misuse(usage);
}

/** What `ip` returns for words that the kernel could not mean. */
const unclear = (reason: string) => failure(`fou: ${reason}`, 2);

function change(verb: 'new' | 'del'): Command {
  return async (session, list) => {
    const attributes: Attributes = {};
    const family = inetFamilyOf(session.options) ?? 'inet';
    if (list[0] !== undefined && isPrefix(list[0], 'help')) help();
    readOptions(grammar, new Words(list), attributes, { family, connection: await session.connection() });
    if (attributes.port === undefined) throw unclear('missing port');
    if (verb === 'new') {
      if (attributes.ipproto === undefined && attributes.type === undefined) throw unclear('must set ipproto or gue');
      if (attributes.ipproto !== undefined && attributes.type !== undefined)
        throw unclear('cannot set ipproto and gue');
    }
    const hasPeer = attributes.peerV4 !== undefined || attributes.peerV6 !== undefined;
    if (hasPeer !== (attributes.peerPort !== undefined)) throw unclear('both peer and peer port must be set');
    attributes.type ??= fouTypes.indexOf('direct');
    attributes.af = family === 'inet' ? AF_INET : AF_INET6;
    return withGeneric(
      session,
      async (connection) => {
        await connection.request(declaration, verb, attributes, { operation: 'change a port of FOU' });
        return 0;
      },
      2,
    );
  };
}

interface FouView extends View {
  deviceName(index: number): string;
}

/** An address, unless it is any. */
const given = (text: string | undefined) => (text === '0.0.0.0' || text === '::' ? undefined : text);

const parts: readonly Part<FouMessage, FouView>[] = [
  value('port', 'port %', ({ attributes }) => attributes.port),
  ({ attributes: { type, ipproto } }) =>
    type === fouTypes.indexOf('gue')
      ? { text: ' gue', json: { gue: null } }
      : ipproto === undefined
        ? undefined
        : { text: ` ipproto ${ipproto}`, json: { ipproto } },
  ({ attributes: { af } }) => {
    if (af === AF_INET6) return { text: ' -6', json: { family: 'inet6' } };
    return { json: { family: 'inet' } };
  },
  value('local', ' local %', ({ attributes: { localV4, localV6 } }) => given(localV4) ?? given(localV6)),
  value('peer', ' peer %', ({ attributes: { peerV4, peerV6 } }) => given(peerV4) ?? given(peerV6)),
  value('peer_port', ' peer_port %', ({ attributes: { peerPort } }) => peerPort || undefined),
  value('dev', ' dev %', ({ attributes: { ifindex } }, view) =>
    ifindex === undefined || ifindex === 0 ? undefined : view.deviceName(ifindex),
  ),
];

const show: Command = async (session) => {
  const found = await withGeneric(session, (connection) =>
    wholeDump(connection.dump(declaration, {}, { operation: 'list ports of FOU' })),
  );
  const devices = new DeviceNames(await session.connection());
  const view = { ...viewOf(session), deviceName: (index: number) => devices.nameOf(index) };
  if (session.options.json) session.printJson(found.map((each) => toJson(parts, each, view)));
  else for (const each of found) session.output.write(`${toText(parts, each, view)}\n`);
  return 0;
};
