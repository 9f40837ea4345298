import { seg6Algorithms, seg6Hmac, seg6TunnelSource } from '../../../../netlink/families/generic/seg6.ts';
import { numberOf } from '../../../../wire/names.ts';
import { invalidArgument, misuse } from '../exit.ts';
import { address, toText } from '../inet.ts';
import type { JsonObject } from '../json.ts';
import { parseUnsigned } from '../numbers.ts';
import type { Command, Session } from '../session.ts';
import { wholeDump, withGeneric } from '../with-generic.ts';
import { isPrefix, Words } from '../words.ts';
import { readSecret } from './secret.ts';

const usage = `\
Usage: ip sr { COMMAND | help }
          ip sr hmac show
          ip sr hmac set KEYID ALGO
          ip sr tunsrc show
          ip sr tunsrc set ADDRESS
where  ALGO := { sha1 | sha256 }
`;

/** `ip sr …`: segment routing, its keys and its source address. */
export async function sr(session: Session, list: readonly string[]): Promise<number> {
  const words = new Words(list);
  const object = words.take();
  if (object === undefined || isPrefix(object, 'help')) throw misuse(usage);
  const commands = objects[Object.keys(objects).find((name) => isPrefix(object, name)) ?? ''];
  if (commands === undefined) throw invalidArgument(object, 'unknown');
  const verb = words.value();
  const command = commands[Object.keys(commands).find((name) => isPrefix(verb, name)) ?? ''];
  if (command === undefined) throw invalidArgument(verb, 'unknown');
  return command(session, words.rest());
}

const showKeys: Command = (session) =>
  withGeneric(session, async (connection) => {
    const messages = await wholeDump(connection.dump(seg6Hmac, {}, { operation: 'list keys' }));
    const shown = messages.map(({ attributes }): JsonObject & { hmac: number; algo: string; secret: string } => ({
      hmac: attributes.hmackeyid ?? 0,
      algo: seg6Algorithms[attributes.algid as 1 | 2] ?? '<unknown>',
      secret: Buffer.from(attributes.secret ?? []).toString('latin1'),
    }));
    if (session.options.json) session.printJson(shown);
    else
      for (const { hmac, algo, secret } of shown)
        session.output.write(`hmac ${hmac} algo ${algo} secret "${secret}"\n`);
    return 0;
  });

const longestSecret = 64;

/** A key without a secret is deleted. */
const setKey: Command = (session, list) => {
  const words = new Words(list);
  const id = words.value();
  const hmackeyid = parseUnsigned(id, 32);
  if (hmackeyid === undefined || hmackeyid === 0) throw invalidArgument(id, 'hmac KEYID value is invalid');
  const name = words.value();
  const algid = numberOf(seg6Algorithms, name);
  if (algid === undefined || !Object.values<string>(seg6Algorithms).includes(name))
    throw invalidArgument(name, 'hmac ALGO value is invalid');
  const secret = readSecret(session, 'Enter secret for HMAC key ID (blank to delete): ').subarray(0, longestSecret);
  const key = { hmackeyid, secretlen: secret.length, algid, ...(secret.length > 0 && { secret }) };
  return withGeneric(session, async (connection) => {
    await connection.request(seg6Hmac, 'set', key, { operation: 'change a key' });
    return 0;
  });
};

const showSource: Command = (session) =>
  withGeneric(
    session,
    async (connection) => {
      const found = await connection.request(seg6TunnelSource, 'get', {}, { operation: 'ask for the source' });
      const shown = found.map(({ attributes }) => ({ tunsrc: attributes.dst ?? '' }));
      if (session.options.json) session.printJson(shown);
      else for (const { tunsrc } of shown) session.output.write(`tunsrc addr ${tunsrc}\n`);
      return 0;
    },
    2,
  );

const setSource: Command = (session, list) => {
  const dst = toText(address(new Words(list).value(), 'inet6'));
  return withGeneric(session, async (connection) => {
    await connection.request(seg6TunnelSource, 'set', { dst }, { operation: 'change the source' });
    return 0;
  });
};

const objects: Readonly<Record<string, Readonly<Record<string, Command>>>> = {
  hmac: { show: showKeys, set: setKey },
  tunsrc: { show: showSource, set: setSource },
};
