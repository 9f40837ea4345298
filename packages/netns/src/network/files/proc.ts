import { AT_FDCWD, O_CLOEXEC, O_RDONLY } from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import { perform } from '../../native/syscall.ts';
import { FilesInside, unlessRefused } from './files-inside.ts';
import { insideEach } from './inside.ts';
import { pathBelow } from './path.ts';
import { type DirectoryEntry, hostProc, Refusal } from './tasks.ts';

/** /proc/net of whoever looks: the child that is in the namespace, not the process that waits for it. */
const own = `${hostProc.path}thread-self/`;

/**
 * The files below /proc/net as one network namespace sees them, read from outside. `ip netns exec NAME cat /proc/net/dev`.
 *
 *     ns.network.proc.read('net/dev');
 *
 * Throws InvalidArgumentError for a path that is not below `net`; KernelError ENOENT for what is not there, EPERM when the namespace
 * cannot be entered. proc_net(5).
 */
export class NamespaceProc implements Disposable {
  readonly #namespace: Fd | undefined;
  /** A file that is open in there can be read from here, again and again. */
  readonly #open = new Map<string, Fd | undefined>();

  constructor(namespace: Fd | undefined) {
    this.#namespace = namespace;
  }

  /** All of a file, as text. */
  read(path: string): string {
    const operation = `read /proc/${path}`;
    using file = unlessRefused(this.#opened(pathBelow('net', path), operation), operation);
    return readWhole(file, operation);
  }

  /** What is in a directory, sorted by name. */
  list(path = 'net'): readonly DirectoryEntry[] {
    const operation = `list /proc/${path}`;
    const files = new FilesInside(this.#namespace, { at: AT_FDCWD, path: own });
    const [entries] = files.list([pathBelow('net', path)], operation);
    return [...unlessRefused(entries ?? [], operation)].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * The same as `read`, for a file that is read often: it stays open until `close`, which makes every later read a single system call. Undefined
   * for a file that this kernel has not.
   */
  readAgain(path: string): string | undefined {
    const operation = `read /proc/${path}`;
    if (!this.#open.has(path)) {
      const file = this.#opened(pathBelow('net', path), operation);
      this.#open.set(path, file instanceof Refusal ? undefined : file);
    }
    const file = this.#open.get(path);
    return file && readWhole(file, operation);
  }

  #opened(path: string, operation: string): Fd | Refusal {
    const [opened] = insideEach(this.#namespace, operation, [
      {
        steps: [['openat', AT_FDCWD, own + path, O_RDONLY | O_CLOEXEC]],
        done: ([raw], failed) =>
          raw === undefined ? new Refusal(failed?.errno ?? 2, 'openat') : Fd.adopt(raw, `/proc/${path}`),
      },
    ]);
    return opened ?? new Refusal(2, 'openat');
  }

  close(): void {
    for (const file of this.#open.values()) file?.close();
    this.#open.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** From its beginning, wherever it stands. The kernel gives as much at a time as it likes. */
export function readWhole(file: Fd, operation: string): string {
  let bytes = new Uint8Array(65_536);
  let length = 0;
  for (;;) {
    const got = perform(operation, 'pread64', file.raw, bytes.subarray(length), bytes.length - length, length);
    if (got === 0) return new TextDecoder().decode(bytes.subarray(0, length));
    length += got;
    if (length === bytes.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(bytes);
      bytes = larger;
    }
  }
}
