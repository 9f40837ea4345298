import { misuse } from '../exit.ts';
import { dottedAddress, prefix } from '../inet.ts';
import { socketIoctl } from '../ioctl.ts';
import type { Session } from '../session.ts';
import { Words } from '../words.ts';
import { PRL_DEFAULT } from './describe.ts';
import { interfaceName } from './options.ts';
import { askDevice, requests } from './parameters.ts';

/** `ip tunnel prl dev DEV …`: the routers that an ISATAP tunnel may use (`struct ip_tunnel_prl`). */
export function changeRouters(session: Session, list: readonly string[]): number {
  const words = new Words(list);
  const bytes = new Uint8Array(24);
  let device = '';
  let request = 0;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word === 'dev') device = interfaceName(words.value(), 'dev');
    else if (['prl-default', 'prl-nodefault', 'prl-delete'].includes(word)) {
      bytes.set(dottedAddress(words.value()).bytes, 0);
      if (word === 'prl-default') bytes[4] = PRL_DEFAULT;
      if (request !== 0) throw misuse('One PRL entry at a time\n');
      request = word === 'prl-delete' ? requests.deleteRouter : requests.addRouter;
    } else throw misuse(`Invalid PRL parameter "${word}"\n`);
  }
  ask(session, request, device, bytes);
  return 0;
}

/** `ip tunnel 6rd dev DEV …`: where IPv6 is deployed over IPv4 of a provider (`struct ip_tunnel_6rd`). */
export function change6rd(session: Session, list: readonly string[]): number {
  const words = new Words(list);
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  let device = '';
  let request = 0;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word === 'dev') device = interfaceName(words.value(), 'dev');
    else if (word === '6rd-prefix') {
      const found = prefix(words.value(), 'inet6');
      bytes.set(found.bytes, 0);
      view.setUint16(20, found.length, true);
      request = requests.change6rd;
    } else if (word === '6rd-relay_prefix') {
      const found = prefix(words.value(), 'inet');
      bytes.set(found.bytes, 16);
      view.setUint16(22, found.length, true);
      request = requests.change6rd;
    } else if (word === '6rd-reset') request = requests.reset6rd;
    else throw misuse(`Invalid 6RD parameter "${word}"\n`);
  }
  ask(session, request, device, bytes);
  return 0;
}

function ask(session: Session, request: number, device: string, bytes: Uint8Array): void {
  if (device === '') throw misuse('Must specify device\n');
  const title = `${device}: ioctl ${request.toString(16)} failed`;
  // Nothing was asked for: the kernel says what it thinks of that.
  if (request === 0) socketIoctl(session, 0, new Uint8Array(40), title);
  else askDevice(session, request, device, bytes, title);
}
