import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The compiled floor programs, our own scripts, and whatever peers this machine has. */
export class Tools {
  readonly #work: string;
  readonly #bench: string;
  readonly #programs = new Map<string, string>();

  /** `bench` is this folder's root; `work` a directory of this run that may be written. */
  constructor(bench: string, work: string) {
    this.#bench = bench;
    this.#work = work;
  }

  get root(): string {
    return join(this.#bench, '..');
  }

  /** Compiles every floor program. Static where that links: starting is part of what some of them measure. */
  compileFloor(): void {
    for (const file of readdirSync(join(this.#bench, 'floor'))) {
      if (!file.endsWith('.c')) continue;
      const name = file.slice(0, -2);
      const compile = (...more: string[]) =>
        spawnSync('cc', ['-O2', ...more, '-o', join(this.#work, name), join(this.#bench, 'floor', file)], {
          encoding: 'utf8',
        });
      const done = compile('-static').status === 0 ? undefined : compile();
      if (done?.error) throw new Error('bench needs a C compiler called cc (Debian: apt-get install gcc libc6-dev)');
      if (done && done.status !== 0) throw new Error(`cannot compile ${file}:\n${done.stderr}`);
      this.#programs.set(name, join(this.#work, name));
    }
  }

  floor(name: string): string {
    const program = this.#programs.get(name);
    if (program === undefined) throw new Error(`no floor program ${name}`);
    return program;
  }

  /** `floor/repeat` in front of a command: run it `count` times and time each. */
  repeat(count: number, ...command: string[]): string[] {
    return [this.floor('repeat'), String(count), ...command];
  }

  /** One of our scripts, bundled by run.mjs, as a fresh Node process. */
  ours(script: string, ...args: string[]): string[] {
    return [process.execPath, join(this.#work, 'js/ours', `${script}.mjs`), ...args];
  }

  /** The command as people install it. */
  get netns(): string {
    return join(this.root, 'packages', 'netns', 'bin', 'netns');
  }

  file(...path: string[]): string {
    return join(this.#bench, ...path);
  }

  scratch(name: string): string {
    return join(this.#work, name);
  }

  /** The path of a program, if it is installed. */
  find(program: string): string | undefined {
    for (const directory of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(directory, program);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {}
    }
    return undefined;
  }
}
