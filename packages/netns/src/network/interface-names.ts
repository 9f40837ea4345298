import { ENODEV } from '../errno-numbers.ts';
import { InvalidArgumentError, KernelError } from '../errors.ts';
import { AF_NETLINK, CLONE_NEWNET, SOCK_CLOEXEC, SOCK_RAW } from '../native/constants.ts';
import { deviceIndex, deviceName, IFNAMSIZ } from '../native/device-requests.ts';
import { Fd } from '../native/fd.ts';
import { inNamespace } from '../native/passage.ts';
import { check, perform } from '../native/syscall.ts';

/**
 * The devices of a namespace by name and by index, one by one. netdevice(7).
 *
 * Not by netlink: to be told of a device by that makes the kernel give ids to namespaces that veths lead to, and to look must not change
 * anything.
 */
export class InterfaceNames implements Disposable {
  readonly #socket: Fd;
  readonly #names = new Map<number, string | undefined>();

  /** `namespace` undefined: this process's own. Throws KernelError. */
  constructor(namespace?: Fd) {
    this.#socket = Fd.adopt(openIn(namespace), 'a socket to ask for the names of devices');
  }

  /** Undefined if there is no such device (any more). */
  nameOf(index: number): string | undefined {
    if (!this.#names.has(index)) this.#names.set(index, deviceName(this.#socket.raw, index));
    return this.#names.get(index);
  }

  /** Throws KernelError ENODEV, and InvalidArgumentError for what no device can be called. */
  indexOf(name: string): number {
    const text = new TextEncoder().encode(name);
    if (text.length === 0 || text.length >= IFNAMSIZ || text.includes(0))
      throw new InvalidArgumentError('link', name, 'a device has a name of 1 to 15 bytes');
    const index = deviceIndex(this.#socket.raw, name);
    if (index === undefined) throw new KernelError({ errno: ENODEV, syscall: 'ioctl', operation: `find link ${name}` });
    return index;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

function openIn(namespace: Fd | undefined): number {
  const operation = 'open a socket to ask for the names of devices';
  const socket = ['socket', AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0] as const;
  if (namespace === undefined) return perform(operation, ...socket);
  const { results, failed } = inNamespace(namespace, CLONE_NEWNET, operation, [socket]);
  if (failed) check(-failed.errno, failed.step < 0 ? 'setns' : 'socket', operation);
  return results[0] ?? -1;
}
