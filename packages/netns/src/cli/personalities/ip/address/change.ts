import { type AddressMessageInput, address, addressFlag } from '../../../../netlink/families/route/address.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../../../../netlink/header.ts';
import { requestChange } from '../echo.ts';
import { failure, noSuchDevice } from '../exit.ts';
import { familyNumber } from '../families.ts';
import { readOptions } from '../grammar.ts';
import { hostBits, type InetPrefix, isAnyWord, isMulticast } from '../inet.ts';
import { Lookup } from '../link/lookup.ts';
import { addressProtocolTable, scopeTable } from '../link/names.ts';
import type { Session } from '../session.ts';
import { toJson, toText } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { Words } from '../words.ts';
import { addressParts, briefAddressParts } from './describe.ts';
import { type AddressDraft, addressGrammar } from './options.ts';
import { addressHelp } from './usage.ts';

type Run = (session: Session, words: readonly string[]) => Promise<number>;

/** `ip address add …`. */
export const addAddress: Run = (session, words) => change(session, words, 'new', NLM_F_CREATE | NLM_F_EXCL);
/** `ip address change …`. */
export const changeAddress: Run = (session, words) => change(session, words, 'new', NLM_F_REPLACE);
/** `ip address replace …`. */
export const replaceAddress: Run = (session, words) => change(session, words, 'new', NLM_F_CREATE | NLM_F_REPLACE);
/** `ip address delete …`. */
export const deleteAddress: Run = (session, words) => change(session, words, 'del', 0);

async function change(session: Session, words: readonly string[], verb: 'new' | 'del', flags: number): Promise<number> {
  const { family } = session.options;
  const draft: AddressDraft = { family: family, flags: 0 };
  const warn = (text: string) => session.warn(text);
  readOptions(addressGrammar, new Words(words), draft, { help: () => addressHelp(), warn });
  const message = toMessage(draft, verb === 'del', warn);
  const connection = await session.connection();
  const device = draft.device ?? '';
  const lookup = new Lookup(connection);
  const index = lookup.indexOf(device);
  if (index === 0) throw noSuchDevice(device);
  checkLifetimes(draft);
  const request = { ...message, header: { ...message.header, index } };
  const options = { operation: 'change an address', flags };
  await requestChange(session, address, verb, request, options, async (found) => {
    const { brief } = session.options;
    const parts = brief ? briefAddressParts : addressParts;
    const linkName = () => lookup.byIndex(index)?.attributes.ifname ?? device;
    const view = { ...viewOf(session), scopes: scopeTable(), protocols: addressProtocolTable(), alone: true, linkName };
    return {
      text: () => toText(parts, found, view),
      json: () => toJson(parts, found, view),
      ...(brief && { end: '' }),
    };
  });
  return 0;
}

const [IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST, IFA_ANYCAST] = [1, 2, 4, 5] as const;

const raw = (type: number, bytes: Uint8Array | undefined) => (bytes === undefined ? [] : [{ type, raw: bytes }]);

/** The request without the index of its link. Throws Exit. */
function toMessage(draft: AddressDraft, deleting: boolean, warn: (text: string) => void): AddressMessageInput {
  const { local, peer, label, device } = draft;
  if (device === undefined) throw failure('Not enough information: "dev" argument is required.');
  const wildcard =
    deleting && peer === undefined && local?.family === 'inet' && !local.lengthGiven && !isAnyWord(local.word);
  if (wildcard) warn(wildcardWarning(local.word));
  const far = peer ?? (wildcard ? undefined : local);
  const shortFlags = draft.flags <= 0xff;
  return {
    header: {
      family: familyNumber(draft.family),
      prefixlen: (peer?.length || local?.length) ?? 0,
      flags: shortFlags ? draft.flags : 0,
      scope: draft.scope ?? (deleting ? 0 : defaultScope(local)),
    },
    attributes: {
      label,
      cacheinfo: cacheinfo(draft),
      flags: shortFlags ? undefined : draft.flags,
      rtPriority: draft.metric,
      proto: draft.protocol,
      // as bytes, which `any` has none of
      unknown: [
        ...raw(IFA_LOCAL, local?.sent),
        ...raw(IFA_ADDRESS, far?.sent),
        ...raw(IFA_BROADCAST, broadcastOf(draft, far, deleting)),
        ...raw(IFA_ANYCAST, draft.anycast?.sent),
      ],
    },
  };
}

/** Loopback addresses are of scope host. */
function defaultScope(local: InetPrefix | undefined): number {
  return local?.family === 'inet' && local.bytes[0] === 127 ? 254 : 0;
}

function broadcastOf(draft: AddressDraft, far: InetPrefix | undefined, deleting: boolean): Uint8Array | undefined {
  const { broadcast } = draft;
  if (broadcast === undefined) return undefined;
  if (broadcast !== '+' && broadcast !== '-') return broadcast.sent;
  if (deleting) return undefined;
  if (draft.family !== 'inet') throw failure('Broadcast can be set only for IPv4 addresses');
  return far && hostBits(far, broadcast === '+')?.bytes;
}

function cacheinfo({ validLifetime, preferredLifetime }: AddressDraft) {
  if (validLifetime === undefined && preferredLifetime === undefined) return undefined;
  const forever = 0xffffffff;
  return { valid: validLifetime ?? forever, preferred: preferredLifetime ?? forever, created: 0, updated: 0 };
}

function checkLifetimes(draft: AddressDraft): void {
  const info = cacheinfo(draft);
  if (info !== undefined) {
    if (info.valid === 0) throw failure('valid_lft is zero');
    if (info.valid < info.preferred) throw failure('preferred_lft is greater than valid_lft');
  }
  if ((draft.flags & addressFlag('autojoin')) !== 0 && (draft.local === undefined || !isMulticast(draft.local))) {
    throw failure('autojoin needs multicast address');
  }
}

function wildcardWarning(word: string): string {
  return `\
Warning: Executing wildcard deletion to stay compatible with old scripts.
         Explicitly specify the prefix length (${word}/32) to avoid this warning.
         This special behaviour is likely to disappear in further releases,
         fix your scripts!
`;
}
