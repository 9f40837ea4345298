import { duplicateArgument, failure, invalidArgument, misuse } from '../exit.ts';
import { socketIoctl } from '../ioctl.ts';
import type { Session } from '../session.ts';
import { hardwareAddress } from '../values.ts';
import { isPrefix, Words } from '../words.ts';
import { maddressHelp } from './usage.ts';

const SIOCADDMULTI = 0x8931;
const SIOCDELMULTI = 0x8932;

export function addMulticast(session: Session, words: readonly string[]): number {
  return change(session, words, SIOCADDMULTI);
}

export function deleteMulticast(session: Session, words: readonly string[]): number {
  return change(session, words, SIOCDELMULTI);
}

/** `ip maddress add|del LLADDR dev DEV`: only addresses of the link layer; those of IP come and go with programs that listen to them. */
function change(session: Session, list: readonly string[], request: number): number {
  const words = new Words(list);
  let device: string | undefined;
  let given: string | undefined;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word === 'dev') {
      device = words.value();
      if (device === '' || Buffer.byteLength(device) > 15 || /[/\s]/.test(device))
        throw invalidArgument(device, '"dev" not a valid ifname');
      continue;
    }
    const value = word === 'address' ? words.value() : word;
    if (isPrefix(value, 'help')) maddressHelp();
    if (given !== undefined) throw duplicateArgument('address', value);
    given = checked(value);
  }
  if (device === undefined || given === undefined) throw misuse('Not enough information: "dev" is required.\n');
  // struct ifreq: the name of the device, then a struct sockaddr of no family with the address
  const argument = Buffer.alloc(40);
  argument.write(device);
  Buffer.from(given.replaceAll(':', ''), 'hex').copy(argument, 18);
  socketIoctl(session, request, argument);
  return 0;
}

function checked(word: string): string {
  const address = hardwareAddress(word);
  const length = address.split(':').length;
  if (length !== 6) throw failure(`Error: Invalid address length ${length} - must be 6 bytes`);
  return address;
}
