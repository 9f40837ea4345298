import { closeSync, openSync } from 'node:fs';
import { KernelError } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import {
  IN_CREATE,
  IN_DELETE,
  IN_DELETE_SELF,
  IN_MOVE_SELF,
  IN_MOVED_FROM,
  IN_MOVED_TO,
  IN_ONLYDIR,
  IN_Q_OVERFLOW,
  IN_UNMOUNT,
  O_CLOEXEC,
  O_NONBLOCK,
  UV_PRIORITIZED,
  UV_READABLE,
} from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { perform, syscall } from '../native/syscall.ts';
import { type Watch, watchDescriptor } from '../native/watch.ts';
import { ResourceStack } from '../resource.ts';
import { nsfsDevice } from './identity.ts';
import { nameDirectories } from './name-directories.ts';
import type { NameDirectory, NameView, RunDirectoryOptions } from './name-directory.ts';
import { isReady, namesIn } from './names.ts';

/**
 * Something happened to a name. `add`: the name appeared. `ready`: a namespace is mounted on it, so it can be opened (the file comes
 * first, the mount a moment later). `delete`: the name is gone.
 */
export interface NameEvent {
  readonly event: 'add' | 'ready' | 'delete';
  readonly name: string;
}

/** Where names are watched, and until when. */
export interface MonitorOptions extends RunDirectoryOptions {
  /** Ends the iteration when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Follows the names of network namespaces as they come and go. `ip netns monitor`, plus `ready`.
 *
 * It watches from the moment of the call (not of the first iteration), so a listing made after the call misses nothing. If the
 * kernel drops events under load, the difference to what is there is reported instead. Ends with `break` or `options.signal`, and
 * when the directory is taken away. An ordinary user is told of their own names. Throws KernelError if the directory cannot be
 * made or watched. inotify(7).
 */
export function monitorNames(options: MonitorOptions = {}): AsyncIterableIterator<NameEvent> {
  const [directory] = nameDirectories(options);
  return new NameMonitor(directory, options.signal).queue;
}

const eventMask = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

class NameMonitor {
  readonly queue = new EventQueue<NameEvent>(() => this.#close());
  readonly #directory: NameDirectory;
  readonly #view: NameView & Disposable;
  readonly #inotify: Fd;
  readonly #watch: Watch;
  readonly #buffer = new Uint8Array(65536);
  readonly #device = nsfsDevice();
  readonly #known = new Set<string>();
  /** Names that cannot be opened yet. */
  readonly #pending = new Set<string>();
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => this.queue.end();
  #mounts: { readonly descriptor: number; readonly watch: Watch } | undefined;

  constructor(directory: NameDirectory, signal: AbortSignal | undefined) {
    this.#directory = directory;
    this.#signal = signal;
    const operation = this.#operation;
    using undo = new ResourceStack();
    this.#view = undo.use(directory.hold());
    this.#inotify = undo.use(Fd.adopt(perform(operation, 'inotify_init1', O_CLOEXEC | O_NONBLOCK), operation));
    perform(operation, 'inotify_add_watch', this.#inotify.raw, this.#view.path, eventMask);
    for (const { name, state } of namesIn(directory)) {
      this.#known.add(name);
      if (state === 'stale') this.#pending.add(name);
    }
    this.#watch = watchDescriptor(this.#inotify.raw, UV_READABLE, () => this.#guard(() => this.#read()));
    undo.commit();
    signal?.addEventListener('abort', this.#onAbort);
    if (signal?.aborted) this.queue.end();
    else this.#guard(() => this.#watchMounts());
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.queue.end(error);
    }
  }

  #read(): void {
    while (!this.#inotify.closed) {
      const length = syscall('read', this.#inotify.raw, this.#buffer, this.#buffer.length);
      if (length === -11) return; // EAGAIN
      if (length <= 0)
        throw new KernelError({
          errno: -length,
          syscall: 'read',
          operation: this.#operation,
        });
      this.#decode(length);
    }
  }

  /** struct inotify_event: s32 watch, u32 mask, u32 cookie, u32 length, then the name padded with NUL bytes. */
  #decode(length: number): void {
    const view = new DataView(this.#buffer.buffer);
    for (let at = 0; at + 16 <= length; ) {
      const mask = view.getUint32(at + 4, true);
      const nameLength = view.getUint32(at + 12, true);
      const name = Buffer.from(this.#buffer.subarray(at + 16, at + 16 + nameLength))
        .toString()
        .replace(/\0+$/, '');
      at += 16 + nameLength;
      if (mask & IN_Q_OVERFLOW) this.#resynchronise();
      else if (mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) this.#end();
      else if (mask & (IN_CREATE | IN_MOVED_TO)) this.#appeared(name);
      else if (mask & (IN_DELETE | IN_MOVED_FROM)) this.#disappeared(name);
    }
  }

  #appeared(name: string): void {
    if (this.#known.has(name)) return;
    this.#known.add(name);
    this.queue.push({ event: 'add', name });
    this.#pending.add(name);
    this.#announceIfReady(name);
    this.#watchMounts();
  }

  #disappeared(name: string): void {
    if (!this.#known.delete(name)) return;
    this.#pending.delete(name);
    this.queue.push({ event: 'delete', name });
    this.#watchMounts();
  }

  /** A user's names end with the process that holds them. */
  #end(): void {
    if (this.#directory.view() === undefined) for (const name of [...this.#known]) this.#disappeared(name);
    this.queue.end();
  }

  #resynchronise(): void {
    const present = new Set(namesIn(this.#directory).map(({ name }) => name));
    for (const name of [...this.#known]) if (!present.has(name)) this.#disappeared(name);
    for (const name of present) this.#appeared(name);
  }

  #announceReady(): void {
    for (const name of [...this.#pending]) this.#announceIfReady(name);
    this.#watchMounts();
  }

  #announceIfReady(name: string): void {
    if (!isReady(`${this.#view.path}/${name}`, this.#device)) return;
    this.#pending.delete(name);
    this.queue.push({ event: 'ready', name });
  }

  /** The mount table tells of its changes (an urgent condition in poll); it is watched only while a name waits for its mount. */
  #watchMounts(): void {
    if (this.#pending.size > 0 && !this.#mounts && !this.#inotify.closed) {
      const descriptor = openUnlessGone(this.#view.mountTable);
      if (descriptor === undefined) return; // whoever holds the names is ending, and they with it: inotify tells
      const watch = watchDescriptor(descriptor, UV_PRIORITIZED, () => this.#guard(() => this.#announceReady()));
      this.#mounts = { descriptor, watch };
      // The watch begins when the event loop next waits; a change before that is told to nobody. Two turns later it has begun.
      setImmediate(() => setImmediate(() => this.#guard(() => this.#announceReady())));
    } else if (this.#pending.size === 0 && this.#mounts) {
      this.#mounts.watch.close();
      closeSync(this.#mounts.descriptor);
      this.#mounts = undefined;
    }
  }

  #close(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#pending.clear();
    this.#watchMounts();
    this.#watch.close();
    this.#inotify.close();
    this.#view[Symbol.dispose]();
  }

  get #operation(): string {
    return `watch the names in ${this.#directory.path}`;
  }
}

/** A file of a process below /proc; undefined if that has ended, or let go of its mounts to end. */
function openUnlessGone(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
