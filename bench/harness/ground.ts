import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadMeter } from './machine.ts';
import { measured, outputOf } from './stamps.ts';
import type { Tools } from './tools.ts';

/** The directory of named namespaces, in this process's own mount namespace. */
export const runDirectory = '/run/netns';

/** How long the machine is left alone, and its other load sampled, before each measurement. */
const quietMs = 100;

/** The place where contestants run: a clean directory of names, and a kernel that has nothing left to do. */
export class Ground {
  readonly #tools: Tools;
  readonly #load: LoadMeter;
  /** The empty file system that run.mjs mounted: it stays below, also for a contestant that unmounts the directory itself. */
  readonly #base = statSync(runDirectory).dev;

  constructor(tools: Tools, load: LoadMeter) {
    this.#tools = tools;
    this.#load = load;
  }

  /** An empty, shared tmpfs on the run directory, and every earlier namespace really destroyed. */
  async clean(): Promise<void> {
    if (statSync(runDirectory).dev !== this.#base) outputOf(['umount', '--lazy', runDirectory]);
    outputOf(['mount', '-t', 'tmpfs', 'bench', runDirectory]);
    outputOf(['mount', '--make-shared', runDirectory]);
    await this.settle();
  }

  /** A clean ground with `count` names b0, b1, ... made by the floor program. */
  async populated(count: number): Promise<void> {
    await this.clean();
    this.populate(count);
  }

  populate(count: number): void {
    measured([this.#tools.floor('create'), runDirectory, String(count)]);
  }

  /** Waits until the kernel has destroyed what was dropped, then until it has been left alone for a moment. */
  async settle(): Promise<void> {
    const watch = await this.watchDestruction();
    await watch.finished();
    await this.quiet();
  }

  /** Leaves the machine alone for a moment; who is busy then is not us. */
  async quiet(): Promise<void> {
    const sample = this.#load.begin();
    await sleep(quietMs);
    this.#load.end(sample);
  }

  /** A process in each of the namespaces b0, b1, …, while `use` runs. */
  async crowded(count: number, use: () => Promise<void>): Promise<void> {
    await this.holding([this.#tools.floor('crowd'), runDirectory, String(count)], use);
  }

  /** What a program makes and holds, while `use` runs: it prints a line when all is there, and ends with its input. */
  async holding(command: readonly string[], use: () => Promise<void>): Promise<void> {
    const { nextLine, end } = this.#talk(command);
    await nextLine();
    try {
      await use();
    } finally {
      await end();
    }
  }

  /** Arms the markers (see floor/gone.c); `finished` is to be called once the namespaces in question are dropped. */
  async watchDestruction(): Promise<{ finished(): Promise<number> }> {
    const { nextLine, say } = this.#talk([this.#tools.floor('gone')]);
    await nextLine();
    return {
      finished: async () => {
        say();
        return Number(await nextLine()) / 1e6;
      },
    };
  }

  /** Starts a program that waits for its input to end. */
  #talk([program = '', ...args]: readonly string[]) {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const exited = once(child, 'exit');
    return {
      nextLine: async () => {
        const { value, done } = await lines.next();
        if (done) throw new Error(`${program} ended early`);
        return value;
      },
      say: () => child.stdin.end('\n'),
      end: () => {
        child.stdin.end();
        return exited;
      },
    };
  }

  /** So that nobody wins by not doing the work. */
  expectNames(count: number): void {
    const found = readdirSync(runDirectory).length;
    if (found !== count) throw new Error(`expected ${count} names in ${runDirectory}, found ${found}`);
  }
}
