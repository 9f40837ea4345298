import { type AddressLabelMessage, addressLabel } from '../../../../netlink/families/route/address-label.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../../../../netlink/header.ts';
import { DeviceNames } from '../device-names.ts';
import { dumpOf } from '../dump.ts';
import { failure, invalidArgument, misuse } from '../exit.ts';
import { familyNumber } from '../families.ts';
import { type OptionRow, readOptions } from '../grammar.ts';
import { bytesSent, isAnyWord, prefix } from '../inet.ts';
import type { Family } from '../options.ts';
import type { Command, Session } from '../session.ts';
import { host, type Part, toJson, toText, type View, value } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';
import { unsigned } from '../values.ts';
import { Words } from '../words.ts';

const rows: readonly SubCommand[] = [
  { words: 'list* show* lst*', load: async () => list },
  { words: 'add*', load: async () => change('new', NLM_F_CREATE | NLM_F_EXCL) },
  { words: 'delete*', load: async () => change('del', 0) },
  { words: 'flush*', load: async () => flush },
  { words: 'help*', load: async () => () => help() },
];

/** `ip addrlabel …`: labels of IPv6 prefixes, by which a source address is chosen. */
export function addrlabel(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('addrlabel', rows, async () => list, session, words);
}

function help(): never {
  throw misuse(`\
Usage: ip addrlabel { add | del } prefix PREFIX [ dev DEV ] [ label LABEL ]
       ip addrlabel [ list | flush | help ]
`);
}

interface LabelView extends View {
  deviceName(index: number): string;
}

const parts: readonly Part<AddressLabelMessage, LabelView>[] = [
  host(
    'address',
    (address, { paint }) => `prefix ${paint('inet6', `${address}`)}`,
    ({ attributes }) => attributes.address,
  ),
  value('prefixlen', '/% ', ({ header }) => header.prefixlen),
  value(
    'ifname',
    (device, { paint }) => `dev ${paint('ifname', `${device} `)}`,
    ({ header: { index } }, view) => (index === 0 ? undefined : view.deviceName(index)),
  ),
  value('label', 'label % ', ({ attributes }) => attributes.label),
];

async function list(session: Session, words: readonly string[]): Promise<number> {
  if (words.length > 0) throw failure('"ip addrlabel show" does not take any arguments.');
  const connection = await session.connection();
  const devices = new DeviceNames(connection);
  const view = { ...viewOf(session), deviceName: (index: number) => devices.nameOf(index) };
  const found = await findLabels(session, 'Dump terminated', 255);
  if (session.options.json) session.printJson(found.map((each) => toJson(parts, each, view)));
  else for (const each of found) session.output.write(`${toText(parts, each, view)}\n`);
  return 0;
}

async function findLabels(session: Session, ending: string, code: number): Promise<readonly AddressLabelMessage[]> {
  const request = { header: { family: familyNumber(session.options.family ?? 'inet6') } };
  return dumpOf(await session.connection(), addressLabel, request, 'list labels', ending, code);
}

const IFAL_ADDRESS = 1;
/** What the kernel has for a prefix without a label. */
const noLabel = 0xffffffff;
const reason = 'label is invalid\n';

interface Context {
  readonly devices: DeviceNames;
  readonly family: Family | undefined;
}

interface Draft {
  prefix?: { readonly length: number; readonly raw: Uint8Array };
  index: number;
  label?: number;
}

const options: readonly OptionRow<Draft, Context>[] = [
  {
    words: 'prefix',
    apply: (draft, take, { family }) => {
      const word = take();
      const found = prefix(word, family);
      if (family === undefined && found.family !== 'inet6' && !isAnyWord(word)) prefix(word, 'inet6'); // says what is wrong
      draft.prefix = { length: found.length, raw: bytesSent(word, found, family) };
    },
  },
  {
    words: 'dev',
    apply: (draft, take, { devices }) => {
      const word = take();
      draft.index = devices.indexOf(word);
      if (draft.index === 0) throw invalidArgument(word, 'dev is invalid\n');
    },
  },
  {
    words: 'label',
    apply: (draft, take) => {
      const word = take();
      draft.label = unsigned(word, 32, reason);
      if (draft.label === noLabel) throw invalidArgument(word, reason);
    },
  },
];

function change(verb: 'new' | 'del', flags: number): Command {
  return async (session, words) => {
    const connection = await session.connection();
    const draft: Draft = { index: 0 };
    // Words that it does not know are passed over, as `ip` does.
    const { family } = session.options;
    const context = { devices: new DeviceNames(connection), family };
    readOptions({ rows: options, otherwise: () => {} }, new Words(words), draft, context);
    if (draft.prefix === undefined) throw failure('Not enough information: "prefix" argument is required.');
    if (draft.label === undefined) throw failure('Not enough information: "label" argument is required.');
    const request = {
      header: { family: familyNumber(family ?? 'inet6'), prefixlen: draft.prefix.length, index: draft.index },
      // as it was written: what is no IPv6 address is for the kernel to refuse
      attributes: { label: draft.label, unknown: [{ type: IFAL_ADDRESS, raw: draft.prefix.raw }] },
    };
    connection.requestSync(addressLabel, verb, request, { operation: 'change a label', flags });
    return 0;
  };
}

async function flush(session: Session, words: readonly string[]): Promise<number> {
  if (words.length > 0) throw failure('"ip addrlabel flush" does not allow extra arguments');
  const connection = await session.connection();
  for (const { header, attributes } of await findLabels(session, 'Flush terminated', 1)) {
    const { address, label } = attributes;
    const { family, prefixlen, index } = header;
    const request = { header: { family, prefixlen, index }, attributes: { address, label } };
    connection.requestSync(addressLabel, 'del', request, { operation: 'delete a label' });
  }
  return 0;
}
