import { KernelError } from '../../errors.ts';
import type { Fd } from '../../native/fd.ts';
import { insideEach, type Task } from './inside.ts';
import { type DirectoryEntry, listTask, type Place, Refusal, readTask, tooSmall, writeTask } from './tasks.ts';

/** Small files that a network namespace shows in its own way: read, written and listed by children that are in there. */
export class FilesInside {
  readonly #namespace: Fd | undefined;
  readonly #place: Place;

  constructor(namespace: Fd | undefined, place: Place) {
    this.#namespace = namespace;
    this.#place = place;
  }

  /** What is in each file, or why that cannot be told. Throws KernelError when the namespace cannot be entered. */
  read(files: readonly string[], operation: string): (string | Refusal)[] {
    return this.#withRoom(files, 4096, operation, (file, room) => readTask(this.#place, file, room));
  }

  /** Writes files in their order; one that is refused does not keep the others from being written. */
  write(files: readonly (readonly [file: string, text: string])[], operation: string): (Refusal | undefined)[] {
    return insideEach(
      this.#namespace,
      operation,
      files.map(([file, text]) => writeTask(this.#place, file, text)),
    );
  }

  /** The entries of each directory. Throws KernelError when the namespace cannot be entered. */
  list(directories: readonly string[], operation: string): (readonly DirectoryEntry[] | Refusal)[] {
    return this.#withRoom(directories, 16_384, operation, (directory, room) => listTask(this.#place, directory, room));
  }

  /** Once with little room for each, which is mostly enough; those for which it was not, again with more. */
  #withRoom<T>(
    files: readonly string[],
    size: number,
    operation: string,
    task: (file: string, room: Uint8Array) => Task<T | typeof tooSmall>,
  ): T[] {
    const chunk = 80;
    const room = new Uint8Array(size * Math.min(files.length, chunk));
    const found: T[] = [];
    for (let first = 0; first < files.length; first += chunk) {
      const some = files.slice(first, first + chunk);
      const tasks = some.map((file, index) => task(file, room.subarray(index * size, (index + 1) * size)));
      for (const [index, outcome] of insideEach(this.#namespace, operation, tasks).entries())
        found.push(
          outcome === tooSmall
            ? (this.#withRoom([some[index] ?? ''], 8 * size, operation, task)[0] as T)
            : (outcome as T),
        );
    }
    return found;
  }
}

/** Throws the error that a refusal stands for. */
export function unlessRefused<T>(outcome: T | Refusal, operation: string, hint?: string): T {
  if (!(outcome instanceof Refusal)) return outcome;
  throw new KernelError({ errno: outcome.errno, syscall: outcome.syscall, operation, hint });
}
