import { macsecDevice } from '../../../../netlink/families/generic/macsec.ts';
import { macsecOffloads } from '../../../../netlink/families/route/kinds/macsec.ts';
import type { In } from '../../../../wire/shape.ts';
import { duplicateOrGarbage, failure, invalidArgument } from '../exit.ts';
import { type Grammar, readOptions } from '../grammar.ts';
import { parseHex } from '../hex.ts';
import { parseUnsigned, parseUnsigned64 } from '../numbers.ts';
import type { Command, Session } from '../session.ts';
import { hardwareAddress, unsigned } from '../values.ts';
import { withGeneric } from '../with-generic.ts';
import { Words } from '../words.ts';
import { deviceOf } from './macsec.ts';
import { macsecHelp } from './usage.ts';

type Attributes = NonNullable<In<typeof macsecDevice>['attributes']>;
type Verb = 'add' | 'upd' | 'del';

/** What the words say of a key (an SA). */
interface KeyDraft {
  active?: boolean;
  /** Of four bytes, or of eight for ciphers with extended numbers. */
  pn?: number | bigint;
  salt?: Uint8Array;
  ssci?: number;
  key?: { readonly id: Uint8Array; readonly secret: Uint8Array };
}

const idLength = 16;
const saltLength = 12;
const longestKey = 128;

const activeRow = (word: 'on' | 'off') => ({
  words: word,
  apply: (draft: { active?: boolean }) => {
    if (draft.active !== undefined) throw duplicateOrGarbage('on/off', word);
    draft.active = word === 'on';
  },
});

const otherwise = (_draft: unknown, word: string) => macsecHelp(`macsec: unknown command "${word}"?\n`);

/** A packet number under one of its two words. */
const packetNumber = (word: 'pn' | 'xpn', parse: (text: string) => number | bigint | undefined) => ({
  words: word,
  apply: (draft: KeyDraft, take: () => string) => {
    if (draft.pn !== undefined) throw duplicateOrGarbage(word, word);
    const text = take();
    const found = parse(text);
    if (found === undefined) throw invalidArgument(text, 'expected pn');
    if (BigInt(found) === 0n) throw invalidArgument(text, 'expected pn != 0');
    draft.pn = found;
  },
});

/** Bytes in hexadecimal, filled up with zeros at the end; more than there is room for are cut off. */
function bytesOf(text: string, length: number, reason: string): Uint8Array {
  const found = parseHex(text.slice(0, 2 * length));
  if (found === undefined) throw invalidArgument(text, reason);
  const filled = new Uint8Array(length);
  filled.set(found);
  return filled;
}

const keyGrammar: Grammar<KeyDraft, unknown> = {
  rows: [
    packetNumber('pn', (text) => parseUnsigned(text, 32)),
    packetNumber('xpn', parseUnsigned64),
    {
      words: 'salt',
      apply: (draft, take) => {
        draft.salt = bytesOf(take(), saltLength, 'expected salt');
      },
    },
    {
      words: 'ssci',
      apply: (draft, take) => {
        draft.ssci = unsigned(take(), 32, 'expected ssci');
      },
    },
    {
      words: 'key',
      apply: (draft, take) => {
        const id = bytesOf(take(), idLength, 'expected key id');
        const text = take();
        const secret = parseHex(text.slice(0, 2 * longestKey));
        if (secret === undefined) throw invalidArgument(text, 'expected key');
        draft.key = { id, secret };
      },
    },
    activeRow('on'),
    activeRow('off'),
  ],
  otherwise,
};

const senderGrammar: Grammar<{ active?: boolean }, unknown> = {
  rows: [activeRow('on'), activeRow('off')],
  otherwise,
};

/** Address and port of a sender in one number. */
function senderOf(words: Words): bigint {
  let port: number | undefined;
  let address: string | undefined;
  while (port === undefined || address === undefined) {
    const word = words.take();
    if (word === undefined) macsecHelp('expected sci\n');
    if (word === 'sci') {
      const text = words.value();
      const digits = /^(?:0[xX])?([0-9a-fA-F]{1,16})$/.exec(text)?.[1];
      if (digits === undefined) throw invalidArgument(text, 'expected sci');
      return BigInt(`0x${digits}`);
    }
    if (word === 'port') {
      const text = words.value();
      port = unsigned(text, 16, 'expected port');
      if (port === 0) throw invalidArgument(text, 'expected port != 0');
    } else if (word === 'address') address = hardwareAddress(words.value());
    else throw invalidArgument(word, 'expected sci, port, or address');
  }
  const bytes = address.split(':');
  const whole = Array.from({ length: 6 }, (_, at) => bytes[at] ?? '00').join('');
  return BigInt(`0x${whole}${port.toString(16).padStart(4, '0')}`);
}

/** The number of a key, from 0 to 3. */
function associationOf(words: Words): number {
  const text = words.value();
  const an = parseUnsigned(text, 8);
  if (an === undefined || an > 3) throw invalidArgument(text, 'expected an { 0..3 }');
  return an;
}

/** The key that follows, and what of it is changed. Throws Exit. */
function keyOf(verb: Verb, words: Words): NonNullable<Attributes['saConfig']> {
  const an = associationOf(words);
  if (verb === 'del') return { an };
  const draft: KeyDraft = {};
  readOptions(keyGrammar, words, draft, undefined);
  const { pn, salt, ssci, key, active } = draft;
  if (verb === 'add') {
    if (key === undefined) throw failure('cannot create SA without key');
    if (pn === undefined) throw failure('must specify a packet number != 0');
  } else if (key !== undefined) throw failure('cannot change key on SA');
  return {
    an,
    ...(pn !== undefined && { pn }),
    ...(salt !== undefined && { salt }),
    ...(ssci !== undefined && { ssci }),
    ...(key !== undefined && { keyid: key.id, key: key.secret }),
    ...(active !== undefined && { active }),
  };
}

/** `ip macsec add`, `set` and `del`. */
export function change(verb: Verb): Command {
  return async (session, list) => {
    const words = new Words(list);
    const name = words.take();
    if (name === undefined) macsecHelp();
    const ifindex = await deviceOf(session, name);
    const way = words.take();
    if (way === 'tx' && words.take() === 'sa')
      return ask(session, `${verb}_txsa`, { ifindex, saConfig: keyOf(verb, words) });
    if (way !== 'rx') macsecHelp();
    const sci = senderOf(words);
    if (words.peek() === 'sa') {
      words.take();
      return ask(session, `${verb}_rxsa`, { ifindex, rxscConfig: { sci }, saConfig: keyOf(verb, words) });
    }
    const draft: { active?: boolean } = {};
    if (verb !== 'del') readOptions(senderGrammar, words, draft, undefined);
    return ask(session, `${verb}_rxsc`, { ifindex, rxscConfig: { sci, ...draft } });
  };
}

/** `ip macsec offload DEV { off | phy | mac }`. */
export const offload: Command = async (session, list) => {
  const [name, word] = list;
  if (name === undefined) macsecHelp();
  const ifindex = await deviceOf(session, name);
  if (word === undefined) macsecHelp();
  const type = macsecOffloads.indexOf(word as never);
  if (type < 0) {
    const known = macsecOffloads.map((each) => `"${each}"`).join(', ');
    macsecHelp(`Error: argument of "offload" must be one of ${known}, not "${word}"\n`);
  }
  return ask(session, 'upd_offload', { ifindex, offload: { type } });
};

function ask(
  session: Session,
  verb: Exclude<keyof (typeof macsecDevice)['types'] & string, 'get'>,
  attributes: Attributes,
): Promise<number> {
  return withGeneric(
    session,
    async (connection) => {
      await connection.request(macsecDevice, verb, attributes, { operation: 'change a MACsec device' });
      return 0;
    },
    2,
  );
}
