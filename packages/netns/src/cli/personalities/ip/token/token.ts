import { type LinkMessage, link, linkFlag } from '../../../../netlink/families/route/link.ts';
import { DeviceNames } from '../device-names.ts';
import { dumpOf } from '../dump.ts';
import { failure, invalidArgument, misuse } from '../exit.ts';
import { type OptionRow, readOptions } from '../grammar.ts';
import { bytesSent, prefix } from '../inet.ts';
import type { Command, Session } from '../session.ts';
import { type Part, toJson, toText, type View, value } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';
import { isPrefix, Words } from '../words.ts';

const show = async () => list;

const rows: readonly SubCommand[] = [
  { words: 'list* lst* show* get*', load: show },
  { words: 'add* set*', load: async () => change() },
  { words: 'delete*', load: async () => change(new Uint8Array(16)) },
  { words: 'help*', load: async () => () => help() },
];

/** `ip token …`: the lower half of the IPv6 addresses that a link makes of what routers advertise. */
export function token(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('token', rows, show, session, words);
}

function help(): never {
  throw misuse('Usage: ip token [ list | set | del | get ] [ TOKEN ] [ dev DEV ]\n');
}

/** The colour of the name also covers the end of the line, as with `ip`. */
const parts: readonly Part<LinkMessage, View>[] = [
  value(
    'token',
    (text, { paint }) => `token ${paint('inet6', String(text))} `,
    ({ attributes }) => attributes.afSpec?.inet6?.token,
  ),
  value(
    'ifname',
    (name, { paint }) => `dev ${paint('ifname', `${name}\n`)}`,
    ({ attributes }) => attributes.ifname,
  ),
];

/** Links that make no addresses of their own. */
const withoutToken = linkFlag('LOOPBACK') | linkFlag('NOARP');

interface Draft {
  index?: number;
  token: Uint8Array | undefined;
}

const device: OptionRow<Draft, DeviceNames> = {
  words: 'dev',
  apply: (draft, take, devices) => {
    const word = take();
    if (draft.index !== undefined) return; // passed over, as by ip
    draft.index = devices.indexOf(word);
    if (draft.index === 0) throw invalidArgument(word, 'dev is invalid\n');
  },
};

async function list(session: Session, words: readonly string[]): Promise<number> {
  const connection = await session.connection();
  const draft: Draft = { token: undefined };
  readOptions({ rows: [device], otherwise: () => {} }, new Words(words), draft, new DeviceNames(connection));
  const found = dumpOf(connection, link, {}, 'list links').filter(
    ({ header, attributes: { afSpec } }) =>
      (draft.index === undefined || header.index === draft.index) && afSpec?.inet6?.token !== undefined,
  );
  const shown = found.filter(({ header }) => (header.flags & withoutToken) === 0);
  const view = viewOf(session);
  if (session.options.json) session.printJson(shown.map((each) => toJson(parts, each, view)));
  else for (const each of shown) session.output.write(toText(parts, each, view));
  return 0;
}

const IFLA_INET6_TOKEN = 7;

/** Sets the token that is given, or else the one in the words. Words that it does not know are passed over, as `ip` does. */
function change(given?: Uint8Array): Command {
  return async (session, words) => {
    const connection = await session.connection();
    const draft: Draft = { token: given };
    const otherwise = (into: Draft, word: string) => {
      if (isPrefix(word, 'help')) help();
      into.token ??= bytesSent(word, prefix(word, 'inet6'), 'inet6');
    };
    readOptions({ rows: [device], otherwise }, new Words(words), draft, new DeviceNames(connection));
    if (draft.token === undefined) throw failure('Not enough information: token is required.');
    if (draft.index === undefined) throw failure('Not enough information: "dev" argument is required.');
    const request = {
      header: { index: draft.index },
      attributes: { afSpec: { inet6: { unknown: [{ type: IFLA_INET6_TOKEN, raw: draft.token }] } } },
    };
    connection.requestSync(link, 'set', request, { operation: 'set the token of a link' });
    return 0;
  };
}
