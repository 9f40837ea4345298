import { neighbour, neighbourFlag } from '../../../../netlink/families/route/neighbour.ts';
import { DeviceNames } from '../device-names.ts';
import { duplicateOrGarbage, failure } from '../exit.ts';
import { familyNumber } from '../families.ts';
import { type OptionRow, readOptions } from '../grammar.ts';
import type { Family } from '../options.ts';
import type { Session } from '../session.ts';
import { isPrefix, Words } from '../words.ts';
import { NDA_DST, type NeighbourAddress, readAddress } from './options.ts';
import { neighbourView, printNeighbours } from './show.ts';
import { neighbourHelp } from './usage.ts';

interface Draft {
  readonly family: Family | undefined;
  device?: string;
  address?: NeighbourAddress | 'of no family';
  proxy: boolean;
}

function addressOf(draft: Draft, word: string): void {
  if (isPrefix(word, 'help')) neighbourHelp();
  if (draft.address !== undefined) throw duplicateOrGarbage('to', word);
  draft.address = readAddress(word, draft.family);
}

const rows: readonly OptionRow<Draft, unknown>[] = [
  {
    words: 'dev',
    apply: (draft, take) => {
      draft.device = take();
    },
  },
  {
    words: 'proxy',
    apply: (draft, take) => {
      addressOf(draft, take());
      draft.proxy = true;
    },
  },
];

/** `ip neighbour get ADDRESS dev DEV`. */
export async function getNeighbour(session: Session, words: readonly string[]): Promise<number> {
  const draft: Draft = { family: session.options.family, proxy: false };
  readOptions(
    { rows, otherwise: (into, word, take) => addressOf(into, word === 'to' ? take() : word) },
    new Words(words),
    draft,
    {},
  );
  const { address } = draft;
  if (address === undefined || address === 'of no family' || draft.device === undefined) {
    throw failure('Device and address are required arguments.');
  }
  const connection = await session.connection();
  const devices = new DeviceNames(connection);
  const request = {
    header: {
      family: familyNumber(address.family),
      ifindex: devices.needed(draft.device),
      flags: draft.proxy ? neighbourFlag('proxy') : 0,
    },
    attributes: { unknown: [{ type: NDA_DST, raw: address.sent }] },
  };
  const found = connection.requestSync(neighbour, 'get', request, { operation: 'ask for a neighbour' });
  printNeighbours(session, found, neighbourView(session, devices));
  return 0;
}
