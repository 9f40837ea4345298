import { readText } from '../wire/text.ts';
import { SIOCGIFINDEX, SIOCGIFNAME } from './constants.ts';
import { syscall } from './syscall.ts';

/** `struct ifreq`: a name of at most 15 bytes, behind it the index. */
export const IFNAMSIZ = 16;

/** What the device with this index is called in the namespace of a socket; undefined if there is none. netdevice(7), SIOCGIFNAME. */
export function deviceName(socket: number, index: number): string | undefined {
  const { bytes, view } = request();
  view.setInt32(IFNAMSIZ, index, true);
  const answer = syscall('ioctl', socket, SIOCGIFNAME, bytes);
  return answer < 0 ? undefined : readText(bytes, 0, IFNAMSIZ);
}

/** The index of a device in the namespace of a socket, by a name of at most 15 bytes; undefined if there is none. SIOCGIFINDEX. */
export function deviceIndex(socket: number, name: Uint8Array): number | undefined {
  const { bytes, view } = request();
  bytes.set(name.subarray(0, IFNAMSIZ - 1));
  const answer = syscall('ioctl', socket, SIOCGIFINDEX, bytes);
  return answer < 0 ? undefined : view.getInt32(IFNAMSIZ, true);
}

function request(): { readonly bytes: Uint8Array; readonly view: DataView } {
  const bytes = new Uint8Array(40);
  return { bytes, view: new DataView(bytes.buffer) };
}
