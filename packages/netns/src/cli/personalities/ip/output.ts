import type { Sink } from './io.ts';

const limit = 64 * 1024;

/** Collects what goes to stdout, so that a long listing is a few writes and not thousands. */
export class Output {
  readonly #sink: Sink;
  #pending: string[] = [];
  #length = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  write(text: string): void {
    this.#pending.push(text);
    this.#length += text.length;
    if (this.#length >= limit) this.flush();
  }

  /** Must happen before the process ends, becomes another program, or says something on stderr. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const text = this.#pending.join('');
    this.#pending = [];
    this.#length = 0;
    this.#sink.write(text);
  }
}
