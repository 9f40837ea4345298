import { GenericConnection } from '../../connection/generic.ts';
import { ENODEV } from '../../errno-numbers.ts';
import { InvalidArgumentError, KernelError } from '../../errors.ts';
import type { Fd } from '../../native/fd.ts';
import { wireguard } from '../../netlink/families/generic/wireguard.ts';
import { messagesOf, type WireguardChanges } from './changes.ts';
import { deviceOf, type WireguardDevice } from './device.ts';

/**
 * Keys and peers of the WireGuard devices in one network namespace. `wg show`, `wg set`. The device itself is made by
 * `links.add({ kind: 'wireguard', name: 'wg0' })`.
 *
 * Every method rejects with NetlinkError: ENODEV (there is no such device), EOPNOTSUPP (it is no WireGuard device), EPERM without
 * CAP_NET_ADMIN in there; UnsupportedError where the kernel has no WireGuard (Linux 5.6). wg(8).
 */
export class Wireguard implements Disposable {
  readonly #namespace: Fd | undefined;
  #opened: GenericConnection | undefined;

  constructor(namespace: Fd | undefined) {
    this.#namespace = namespace;
  }

  /** A device with its peers, by name or index. `wg show DEV`. */
  async get(device: string | number): Promise<WireguardDevice> {
    const operation = `read the WireGuard device ${device}`;
    const { messages } = await this.#connection.dump(wireguard, headerOf(device), { operation });
    const found = deviceOf(messages);
    if (found === undefined) throw new KernelError({ errno: ENODEV, syscall: 'WG_CMD_GET_DEVICE', operation });
    return found;
  }

  /**
   * Changes a device: keys, port, mark, peers. `wg set DEV …`. A list of peers of any length: it travels in several messages when it must;
   * when one of these is refused, those before it stay done. Throws InvalidArgumentError for what cannot be right, before anything is
   * sent.
   */
  async set(device: string | number, changes: WireguardChanges): Promise<void> {
    const operation = `change the WireGuard device ${device}`;
    for (const attributes of messagesOf(headerOf(device), changes))
      await this.#connection.request(wireguard, 'set', attributes, { operation });
  }

  close(): void {
    this.#opened?.close();
    this.#opened = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  get #connection(): GenericConnection {
    this.#opened ??= new GenericConnection({ namespace: this.#namespace });
    return this.#opened;
  }
}

function headerOf(device: string | number): { readonly ifname?: string; readonly ifindex?: number } {
  if (typeof device === 'string' && device !== '') return { ifname: device };
  if (typeof device === 'number' && Number.isInteger(device) && device > 0) return { ifindex: device };
  throw new InvalidArgumentError('device', device, 'it must be the name or the index of a device');
}
