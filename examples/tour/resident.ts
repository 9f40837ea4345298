import type { ChildProcess } from 'node:child_process';
import type { NetworkNamespace } from 'netns';

/** A process that lives in a namespace for as long as we do: it reads our pipe, and ends when that does. */
export class Resident {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.pid = child.pid as number;
    this.#ended = new Promise((resolve) => child.once('close', resolve));
  }

  static async moveInto(namespace: NetworkNamespace): Promise<Resident> {
    const child = namespace.spawn('cat', [], { stdio: ['pipe', 'ignore', 'inherit'], mounts: false });
    const resident = new Resident(child);
    await child.ready;
    return resident;
  }

  async end(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }
}
