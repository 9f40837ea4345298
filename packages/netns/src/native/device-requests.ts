import { readText } from '../wire/text.ts';
import { SIOCGIFHWADDR, SIOCGIFINDEX, SIOCGIFNAME } from './constants.ts';
import { syscall } from './syscall.ts';

/** Bytes of a device's name, the last of which is zero. */
export const IFNAMSIZ = 16;

/** `struct ifreq`: a name, then what is asked for. One for all requests of a thread: nothing is kept in it. netdevice(7). */
const request = new Int32Array(10);
const bytes = new Uint8Array(request.buffer);
const view = new DataView(request.buffer);
const place = IFNAMSIZ / 4;
const hardwareAddressSize = 6;

/** What the device with this index is called in the namespace of a socket; undefined if there is none. SIOCGIFNAME. */
export function deviceName(socket: number, index: number): string | undefined {
  request.fill(0);
  request[place] = index;
  return syscall('ioctl', socket, SIOCGIFNAME, request) < 0 ? undefined : readText(bytes, 0, IFNAMSIZ);
}

/** The index of the device with a name, or further name, of at most 15 bytes in the namespace of a socket; undefined if there is none. SIOCGIFINDEX. */
export function deviceIndex(socket: number, name: string): number | undefined {
  if (!writeName(name)) return undefined;
  return syscall('ioctl', socket, SIOCGIFINDEX, request) < 0 ? undefined : request[place];
}

/** What sort of hardware a device is (ARPHRD_*), and its address; undefined if there is no such device. SIOCGIFHWADDR. */
export function deviceHardware(
  socket: number,
  name: string,
): { readonly type: number; readonly address: Uint8Array } | undefined {
  if (!writeName(name) || syscall('ioctl', socket, SIOCGIFHWADDR, request) < 0) return undefined;
  const start = IFNAMSIZ + 2;
  return { type: view.getUint16(IFNAMSIZ, true), address: bytes.slice(start, start + hardwareAddressSize) };
}

/** False for what no device is called. Names are almost always ASCII, and looked up often: a loop beats a TextEncoder. */
function writeName(name: string): boolean {
  request.fill(0);
  if (name.length >= IFNAMSIZ) return false;
  for (let at = 0; at < name.length; at++) {
    const character = name.charCodeAt(at);
    if (character === 0) return false;
    if (character > 127) return writeEncoded(name);
    bytes[at] = character;
  }
  return true;
}

function writeEncoded(name: string): boolean {
  const text = new TextEncoder().encode(name);
  if (text.length >= IFNAMSIZ || text.includes(0)) return false;
  bytes.set(text);
  return true;
}
