import { KernelError } from '../../errors.ts';
import { inChild, inChildAfter } from '../../native/child.ts';
import {
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWUSER,
  O_CLOEXEC,
  O_DIRECTORY,
  O_RDONLY,
  O_WRONLY,
} from '../../native/constants.ts';
import { detachedMount } from '../../native/detached-mount.ts';
import { Fd } from '../../native/fd.ts';
import { FileReader } from '../../native/file-reader.ts';
import { passageTo } from '../../native/passage.ts';
import { perform, type SyscallStep, syscall } from '../../native/syscall.ts';
import { pathBelow } from './path.ts';
import { readWhole } from './proc.ts';

/**
 * The files below /sys/class/net of one network namespace: its devices as sysfs shows them, from outside. `ip netns exec NAME cat
 * /sys/class/net/eth0/mtu`.
 *
 *     ns.network.sys.read('class/net/eth0/operstate'); // 'up\n'
 *
 * A sysfs of that namespace is made at the first call (it is mounted nowhere) and goes with `close`; it does not keep the namespace
 * alive. Throws InvalidArgumentError for a path that is not below `class/net`; KernelError ENOENT for what is not there, EINVAL for what the
 * device does not have, EPERM where no sysfs of it may be made (in a container whose own /sys is covered). Linux 5.2. sysfs(5).
 */
export class NamespaceSys implements Disposable {
  readonly #namespace: Fd | undefined;
  #root: Fd | undefined;

  constructor(namespace: Fd | undefined) {
    this.#namespace = namespace;
  }

  /** All of a file, as text. */
  read(path: string): string {
    const operation = `read /sys/${path}`;
    using file = this.#opened(path, O_RDONLY, operation);
    return readWhole(file, operation);
  }

  /** Writes a file: `write('class/net/eth0/mtu', '1400')`. Throws KernelError EPERM without CAP_NET_ADMIN in there. */
  write(path: string, text: string): void {
    const operation = `write /sys/${path}`;
    using file = this.#opened(path, O_WRONLY, operation);
    const bytes = new TextEncoder().encode(text);
    const outcome = this.#inside(operation, [['write', file.raw, bytes, bytes.length]]);
    if (outcome.failed) throw new KernelError({ errno: outcome.failed.errno, syscall: 'write', operation });
  }

  /** The names in a directory, sorted: the devices, if none is given. */
  list(path = 'class/net'): string[] {
    const operation = `list /sys/${path}`;
    using directory = this.#opened(path, O_RDONLY | O_DIRECTORY, operation);
    return new FileReader().namesIn(directory.raw, operation).sort();
  }

  close(): void {
    this.#root?.close();
    this.#root = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #opened(path: string, flags: number, operation: string): Fd {
    const checked = pathBelow('class/net', path);
    this.#root ??= this.#mounted(operation);
    return Fd.adopt(perform(operation, 'openat', this.#root.raw, checked, flags | O_CLOEXEC), `/sys/${path}`);
  }

  /** What is mounted belongs to the mount namespace of who mounts: an ordinary user needs one of their own for it, too. */
  #mounted(operation: string): Fd {
    const { results, failed } = this.#inside(operation, detachedMount('sysfs'));
    const [context, , root] = results;
    if (root !== undefined) return Fd.adopt(root, 'a private /sys');
    if (context !== undefined) syscall('close', context);
    const syscallName =
      failed === undefined || failed.step < 0 ? 'setns' : (detachedMount('sysfs')[failed.step]?.[0] ?? 'fsopen');
    throw new KernelError({ errno: failed?.errno ?? 1, syscall: syscallName, operation });
  }

  #inside(operation: string, steps: readonly SyscallStep[]) {
    if (this.#namespace === undefined) return inChild(operation, steps);
    using passage = passageTo(this.#namespace);
    const through: SyscallStep[] = passage === undefined ? [] : [['setns', passage.raw, CLONE_NEWUSER]];
    const apart: SyscallStep[] = passage === undefined ? [] : [['unshare', CLONE_NEWNS]];
    return inChildAfter([...through, ...apart, ['setns', this.#namespace.raw, CLONE_NEWNET]], operation, steps);
  }
}
