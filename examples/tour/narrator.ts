import { createInterface, type Interface } from 'node:readline';
import type { Stage } from './stage.ts';

/** One stop of the tour. */
export interface Step {
  readonly title: string;
  /** What the tour calls. */
  readonly call: readonly string[];
  /** How `ip` (or another command) would do it. */
  readonly ip: readonly string[];
  /** Does it and gives what the kernel answered; throws if that is not what was to be shown. */
  run(stage: Stage): Promise<readonly string[]>;
}

/** Prints each step: what is asked, what `ip` would be told, and what the kernel answered. */
export class Narrator {
  readonly #colours = process.stdout.isTTY && !process.env.NO_COLOR;
  readonly #lines: AsyncIterator<string> | undefined;
  readonly #input: Interface | undefined;
  #number = 0;

  /** With `stepwise` it waits for the Enter key after each step. */
  constructor(stepwise: boolean) {
    this.#input = stepwise ? createInterface({ input: process.stdin }) : undefined;
    this.#lines = this.#input?.[Symbol.asyncIterator]();
  }

  async tell(step: Step, stage: Stage): Promise<void> {
    this.#number++;
    this.#print(`${this.#paint(1, `${this.#number}. ${step.title}`)}`);
    this.#list('call', step.call, 36);
    this.#list('ip', step.ip, 2);
    this.#list('kernel', await step.run(stage), 32);
    this.#print('');
    await this.#lines?.next();
  }

  close(): void {
    this.#input?.close();
  }

  #list(label: string, lines: readonly string[], colour: number): void {
    for (const [index, line] of lines.entries())
      this.#print(`   ${(index === 0 ? label : '').padEnd(8)}${this.#paint(colour, line)}`);
  }

  #paint(colour: number, text: string): string {
    return this.#colours ? `\x1b[${colour}m${text}\x1b[0m` : text;
  }

  #print(line: string): void {
    process.stdout.write(`${line}\n`);
  }
}
