import { shape } from './net-scenarios.ts';

/** All that one or several emitters do, in order: every event with its arguments, also those that nobody listens to. */
export class Tape {
  readonly lines: unknown[] = [];

  /** Takes down what `emitter` emits from now on, below this name. */
  of<E extends NodeJS.EventEmitter>(name: string, emitter: E): E {
    const { emit } = emitter;
    emitter.emit = (event: string | symbol, ...args: unknown[]) => {
      if (!quiet.has(event)) this.#note(name, String(event), args.map(plain));
      return emit.call(emitter, event, ...args);
    };
    return emitter;
  }

  /** Takes down a word of the scenario's own. */
  note(...words: unknown[]): void {
    this.lines.push(words.map(plain));
  }

  #note(name: string, event: string, args: unknown[]): void {
    const last = this.lines.at(-1);
    const again = Array.isArray(last) && last[0] === name && last[1] === event;
    // How many pieces the kernel makes of a stream is a matter of chance.
    if (event === 'data' && again) last[2] = `${last[2]}${args[0]}`;
    else this.lines.push([name, event, ...args]);
  }
}

/** What the streams say to themselves. */
const quiet = new Set<string | symbol>(['newListener', 'removeListener', 'prefinish', 'resume', 'pause', 'readable']);

/** A value as it can be compared: objects of Node's by their class. */
export function plain(value: unknown): unknown {
  if (value instanceof Error) return shape(value);
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'function') return 'function';
  if (typeof value !== 'object' || value === null) return value;
  const made = Object.getPrototypeOf(value)?.constructor;
  if (made !== undefined && made !== Object) return `a ${made.name}`;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

/** What a call throws, or what it returns. */
export function outcome(work: () => unknown): unknown {
  try {
    return plain(work());
  } catch (error) {
    return { thrown: shape(error) };
  }
}
