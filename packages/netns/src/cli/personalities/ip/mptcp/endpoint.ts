import {
  type MptcpEndpointMessage,
  type mptcpAddress,
  mptcpEndpoint,
  mptcpFlag,
  mptcpFlags,
} from '../../../../netlink/families/generic/mptcp.ts';
import { AF_INET, AF_INET6 } from '../../../../netlink/families/route/address-families.ts';
import type { In } from '../../../../wire/shape.ts';
import { DeviceNames } from '../device-names.ts';
import { invalidArgument, missingArgument } from '../exit.ts';
import { type Grammar, type OptionRow, readOptions } from '../grammar.ts';
import { address, type InetAddress, isAnyWord, toText as textOf } from '../inet.ts';
import type { Command, Session } from '../session.ts';
import { host, type Part, toJson, toText, type View, value } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { unsigned } from '../values.ts';
import { Words } from '../words.ts';
import { withMptcp } from './with-mptcp.ts';

/** What the words say of an endpoint. */
interface Draft {
  address?: InetAddress & { readonly word: string };
  id?: number;
  port?: number;
  index?: number;
  flags: number;
  /** The flags that were named, to be set or taken away. */
  named: number;
}

const flagRow = (name: (typeof mptcpFlags)[number]): OptionRow<Draft, DeviceNames> => ({
  words: name,
  apply: (draft) => {
    draft.flags |= mptcpFlag(name);
    draft.named |= mptcpFlag(name);
  },
});

const noFlagRow = (name: (typeof mptcpFlags)[number]): OptionRow<Draft, DeviceNames> => ({
  words: `no${name}`,
  apply: (draft) => {
    draft.flags &= ~mptcpFlag(name);
    draft.named |= mptcpFlag(name);
  },
});

const options: Grammar<Draft, DeviceNames> = {
  rows: [
    ...(['signal', 'subflow', 'backup', 'fullmesh', 'laminar'] as const).map(flagRow),
    ...(['backup', 'fullmesh'] as const).map(noFlagRow),
    {
      words: 'id*',
      apply: (draft, take) => {
        draft.id = unsigned(take(), 8, 'invalid ID\n');
      },
    },
    {
      words: 'dev*',
      apply: (draft, take, devices) => {
        const word = take();
        draft.index = devices.indexOf(word);
        if (draft.index === 0) throw invalidArgument(word, 'device does not exist\n');
      },
    },
    {
      words: 'port*',
      apply: (draft, take) => {
        draft.port = unsigned(take(), 16, 'expected port');
      },
    },
  ],
  otherwise: (draft, word) => {
    draft.address = { ...address(word), word };
  },
};

async function read(session: Session, list: readonly string[]): Promise<Draft> {
  const draft: Draft = { flags: 0, named: 0 };
  readOptions(options, new Words(list), draft, new DeviceNames(await session.connection()));
  return draft;
}

const MPTCP_PM_ADDR_ATTR_ADDR6 = 4;

function attributesOf({ address: its, id, port, index, flags }: Draft): In<typeof mptcpAddress> {
  return {
    ...(id !== undefined && { id }),
    ...(flags !== 0 && { flags }),
    ...(index !== undefined && { ifIdx: index }),
    ...(port !== undefined && port !== 0 && { port }),
    ...(its !== undefined && {
      family: its.family === 'inet' ? AF_INET : AF_INET6,
      // a word for any address is none, and the kernel says so
      ...(isAnyWord(its.word)
        ? { unknown: [{ type: MPTCP_PM_ADDR_ATTR_ADDR6, raw: new Uint8Array(0) }] }
        : { [its.family === 'inet' ? 'addr4' : 'addr6']: textOf(its) }),
    }),
  };
}

const operation = 'change an endpoint of MPTCP';

function ask(session: Session, verb: 'new' | 'del' | 'set' | 'flush', draft: Draft): Promise<number> {
  return withMptcp(session, async (connection) => {
    await connection.request(mptcpEndpoint, verb, { addr: attributesOf(draft) }, { operation });
    return 0;
  });
}

export const addEndpoint: Command = async (session, words) => {
  const draft = await read(session, words);
  if (draft.address === undefined) throw missingArgument('ADDRESS');
  const both = mptcpFlag('signal') | mptcpFlag('fullmesh');
  const last = words.findLast((word) => word === 'signal' || word === 'fullmesh');
  if ((draft.flags & both) === both && last !== undefined)
    throw invalidArgument(last, "flags mustn't have both signal and fullmesh");
  if (draft.port && (draft.flags & mptcpFlag('signal')) === 0)
    throw invalidArgument('port', 'flags must have signal when using port');
  return ask(session, 'new', draft);
};

export const changeEndpoint: Command = async (session, words) => {
  const draft = await read(session, words);
  const changeable = mptcpFlag('backup') | mptcpFlag('fullmesh');
  const [other] = mptcpFlags.filter((name) => (draft.named & ~changeable & mptcpFlag(name)) !== 0);
  if (other !== undefined) throw invalidArgument(other, 'invalid flags, backup and fullmesh only');
  if (draft.port && draft.id !== undefined) throw invalidArgument('port', "port can't be used with id");
  return ask(session, 'set', draft);
};

export const deleteEndpoint: Command = async (session, words) => {
  const draft = await read(session, words);
  if (draft.id === undefined) throw missingArgument('ID');
  if (draft.id === 0 && draft.address === undefined)
    throw invalidArgument('ID', 'address is needed for deleting id 0 address\n');
  return ask(session, 'del', draft);
};

export const flushEndpoints: Command = (session) =>
  withMptcp(session, async (connection) => {
    await connection.request(mptcpEndpoint, 'flush', {}, { operation });
    return 0;
  });

interface EndpointView extends View {
  deviceName(index: number): string;
}

type Shown = Part<MptcpEndpointMessage, EndpointView>;

const knownFlags: Shown = ({ attributes: { addr } }) => {
  const set = addr?.flags ?? 0;
  const names = mptcpFlags.filter((name) => (set & mptcpFlag(name)) !== 0);
  const rest = set & ~mptcpFlags.reduce((mask, name) => mask | mptcpFlag(name), 0);
  return {
    text: `${names.map((name) => `${name} `).join('')}${rest === 0 ? '' : `rawflags ${rest.toString(16)} `}`,
    json: {
      ...Object.fromEntries(names.map((name) => [name, true])),
      ...(rest !== 0 && { rawflags: rest.toString(16) }),
    },
  };
};

const parts: readonly Shown[] = [
  host('address', '% ', ({ attributes: { addr } }) => addr?.addr4 ?? addr?.addr6),
  value('port', 'port % ', ({ attributes: { addr } }) => addr?.port || undefined),
  value('id', 'id % ', ({ attributes: { addr } }) => addr?.id),
  knownFlags,
  value('dev', 'dev % ', ({ attributes: { addr } }, view) =>
    addr?.ifIdx === undefined ? undefined : view.deviceName(addr.ifIdx),
  ),
];

/** All, or the one with an id. */
export const showEndpoints: Command = async (session, words) => {
  const draft = words.length === 0 ? undefined : await read(session, words);
  const devices = new DeviceNames(await session.connection());
  const view = { ...viewOf(session), deviceName: (index: number) => devices.nameOf(index) };
  const found = await withMptcp(session, async (connection) => {
    if (draft === undefined)
      return (await connection.dump(mptcpEndpoint, {}, { operation: 'list endpoints of MPTCP' })).messages;
    return connection.request(mptcpEndpoint, 'get', { addr: attributesOf(draft) }, { operation });
  });
  if (session.options.json) session.printJson(found.map((each) => toJson(parts, each, view)));
  else for (const each of found) session.output.write(`${toText(parts, each, view)}\n`);
  return 0;
};
