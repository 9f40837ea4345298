import {
  type Ioam6NamespaceMessage,
  type Ioam6SchemaMessage,
  ioam6Namespace,
  ioam6Schema,
} from '../../../../netlink/families/generic/ioam6.ts';
import { invalidArgument, misuse } from '../exit.ts';
import { parseUnsigned, parseUnsigned64 } from '../numbers.ts';
import type { Command, Session } from '../session.ts';
import { type Part, toJson, toText, type View, value } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { unsigned } from '../values.ts';
import { wholeDump, withGeneric } from '../with-generic.ts';
import { isPrefix, Words } from '../words.ts';

const usage = `\
Usage:	ip ioam { COMMAND | help }
	ip ioam namespace show
	ip ioam namespace add ID [ data DATA32 ] [ wide DATA64 ]
	ip ioam namespace del ID
	ip ioam schema show
	ip ioam schema add ID DATA
	ip ioam schema del ID
	ip ioam namespace set ID schema { ID | none }
`;

/** `ip ioam …`: what packets tell of the nodes that they pass (in-situ OAM). */
export async function ioam(session: Session, list: readonly string[]): Promise<number> {
  const words = new Words(list);
  const object = words.take();
  if (object === undefined || isPrefix(object, 'help')) throw misuse(usage);
  const commands = objects[object];
  if (commands === undefined) throw invalidArgument(object, 'Unknown');
  const verb = words.value();
  const command = commands[verb];
  if (command === undefined) throw invalidArgument(verb, 'Unknown');
  return command(session, words.rest());
}

const namespaceParts: readonly Part<Ioam6NamespaceMessage, View>[] = [
  value('namespace', 'namespace %', ({ attributes }) => attributes.nsId),
  value('schema', ' [schema %]', ({ attributes }) => attributes.scId),
  ({ attributes: { nsData } }) => {
    if (nsData === undefined) return undefined;
    const digits = nsData.toString(16);
    return { text: `, data 0x${digits.padStart(8, '0')}`, json: { data: digits } };
  },
  ({ attributes: { nsDataWide } }) => {
    if (nsDataWide === undefined) return undefined;
    const digits = nsDataWide.toString(16);
    return { text: `, wide 0x${digits.padStart(16, '0')}`, json: { wide: `0x${digits}` } };
  },
];

/** In JSON `ip` has a member without a name for each byte; ours is one. */
const schemaParts: readonly Part<Ioam6SchemaMessage, View>[] = [
  value('schema', 'schema %', ({ attributes }) => attributes.scId),
  value('namespace', ' [namespace %]', ({ attributes }) => attributes.nsId),
  ({ attributes: { scData = new Uint8Array() } }) => {
    const bytes = Array.from(scData, (byte) => byte.toString(16).padStart(2, '0'));
    return { text: `, data:${bytes.map((each) => ` ${each}`).join('')}`, json: { data: bytes.join('') } };
  },
];

const showNamespaces: Command = (session) =>
  withGeneric(session, async (connection) => {
    const messages = await wholeDump(connection.dump(ioam6Namespace, {}, { operation: 'list namespaces of IOAM' }));
    print(session, namespaceParts, messages);
    return 0;
  });

const showSchemas: Command = (session) =>
  withGeneric(session, async (connection) => {
    const messages = await wholeDump(connection.dump(ioam6Schema, {}, { operation: 'list schemas of IOAM' }));
    print(session, schemaParts, messages);
    return 0;
  });

function print<T>(session: Session, parts: readonly Part<T, View>[], found: readonly T[]): void {
  const view = viewOf(session);
  if (session.options.json) session.printJson(found.map((each) => toJson(parts, each, view)));
  else for (const each of found) session.output.write(`${toText(parts, each, view)}\n`);
}

const namespaceId = (words: Words) => unsigned(words.value(), 16, 'Invalid namespace ID');
const schemaId = (words: Words) => unsigned(words.value(), 32, 'Invalid schema ID');

const addNamespace: Command = (session, list) => {
  const words = new Words(list);
  const nsId = namespaceId(words);
  let nsData: number | undefined;
  let nsDataWide: bigint | undefined;
  let word = words.take();
  if (word === 'data') {
    nsData = unsigned(words.value(), 32, 'Invalid data');
    word = words.take();
  }
  if (word === 'wide') {
    const wide = words.value();
    nsDataWide = parseUnsigned64(wide);
    if (nsDataWide === undefined) throw invalidArgument(wide, 'Invalid wide data');
    word = words.take();
  }
  if (word !== undefined)
    throw invalidArgument(
      word,
      nsData === undefined && nsDataWide === undefined ? 'Invalid argument' : 'Unexpected argument',
    );
  const attributes = { nsId, ...(nsData !== undefined && { nsData }), ...(nsDataWide !== undefined && { nsDataWide }) };
  return withGeneric(session, async (connection) => {
    await connection.request(ioam6Namespace, 'new', attributes, { operation: 'add a namespace of IOAM' });
    return 0;
  });
};

const deleteNamespace: Command = (session, list) => {
  const nsId = namespaceId(new Words(list));
  return withGeneric(session, async (connection) => {
    await connection.request(ioam6Namespace, 'del', { nsId }, { operation: 'delete a namespace of IOAM' });
    return 0;
  });
};

const setNamespace: Command = (session, list) => {
  const words = new Words(list);
  const nsId = namespaceId(words);
  const word = words.value();
  if (word !== 'schema') throw invalidArgument(word, 'Unknown');
  const schema = words.value();
  const scId = schema === 'none' ? undefined : parseUnsigned(schema, 32);
  if (schema !== 'none' && scId === undefined) throw invalidArgument(schema, 'Invalid schema ID');
  const attributes = { nsId, ...(scId === undefined ? { scNone: true } : { scId }) };
  return withGeneric(session, async (connection) => {
    await connection.request(ioam6Namespace, 'set', attributes, { operation: 'give a schema' });
    return 0;
  });
};

const mostData = 1020;

/** The kernel wants whole words of four bytes: what is missing is zero. */
const addSchema: Command = (session, list) => {
  const words = new Words(list);
  const scId = schemaId(words);
  const text = words.value();
  const bytes = Buffer.from(text);
  if (bytes.length > mostData) throw invalidArgument(text, 'Schema DATA too big');
  const scData = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  scData.set(bytes);
  return withGeneric(session, async (connection) => {
    await connection.request(ioam6Schema, 'new', { scId, scData }, { operation: 'add a schema of IOAM' });
    return 0;
  });
};

const deleteSchema: Command = (session, list) => {
  const scId = schemaId(new Words(list));
  return withGeneric(session, async (connection) => {
    await connection.request(ioam6Schema, 'del', { scId }, { operation: 'delete a schema of IOAM' });
    return 0;
  });
};

const objects: Readonly<Record<string, Readonly<Record<string, Command>>>> = {
  namespace: { show: showNamespaces, add: addNamespace, del: deleteNamespace, set: setNamespace },
  schema: { show: showSchemas, add: addSchema, del: deleteSchema },
};
