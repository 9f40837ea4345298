import { suggestion } from '../../../closest.ts';
import { InvalidArgumentError } from '../../../errors.ts';

/** How the settings of a kind are written for people, and how for the kernel. `Wire` is what the kernel is sent, `Seen` what it says. */
export interface SettingsOf<Options, Wire, Seen> {
  encode(options: Options): Wire;
  decode(seen: Seen): Options;
}

/**
 * What a kind makes of settings in plain units, which it computes with: what no number of JavaScript can be added to is refused before, and
 * named. Throws InvalidArgumentError.
 */
export function computed<Options, Made>(
  kind: string,
  options: Options,
  encode: (options: Options) => Made,
  argument = 'options',
): Made {
  checkNumbers(options, [argument]);
  try {
    const watched = new Watched(options);
    const made = encode(watched.options);
    watched.refuseUnread(argument);
    return made;
  } catch (error) {
    // A text, say, where an object or a list belongs.
    if (!(error instanceof TypeError)) throw error;
    throw new InvalidArgumentError(argument, options, `something in it is of another type than ${kind} takes`);
  }
}

/**
 * Settings of which is noted what is read of them: each kind has its own, and what it does not read would be passed over in silence. (Where
 * thousands are made at once, see `onlyWords` instead.)
 */
class Watched<Options> {
  readonly options: Options;
  readonly #given: unknown;
  readonly #read = new Set<string | symbol>();

  constructor(given: Options) {
    this.#given = given;
    const get = (of: object, key: string | symbol) => {
      this.#read.add(key);
      return Reflect.get(of, key);
    };
    this.options = typeof given === 'object' && given !== null ? (new Proxy(given, { get }) as Options) : given;
  }

  /** Throws InvalidArgumentError for what has a value that nobody has looked at. */
  refuseUnread(argument: string): void {
    for (const [name, value] of Object.entries(this.#given ?? {})) {
      if (value === undefined || this.#read.has(name)) continue;
      const known = [...this.#read].filter((each) => typeof each === 'string');
      throw new InvalidArgumentError(`${argument}.${name}`, value, `there is no such option${suggestion(name, known)}`);
    }
  }
}

function checkNumbers(value: unknown, path: string[]): void {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)))
    throw new InvalidArgumentError(path.join('.'), value, 'it must be a number that is neither a bigint nor endless');
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  for (const [key, each] of Object.entries(value)) checkNumbers(each, [...path, key]);
}

/** A fraction from 0 to 1 as the kernel has it, in parts of 2^32 - 1. */
export function partsOf(fraction: number, option: string): number {
  if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1))
    throw new InvalidArgumentError(option, fraction, 'it must be a number from 0 to 1');
  return Math.round(fraction * 0xffff_ffff);
}

export function fractionOf(parts: number): number {
  return parts / 0xffff_ffff;
}

/** A rate in bits per second as the kernel has it, in bytes per second. */
export function bytesPerSecond(bits: number, option: string): number {
  if (typeof bits !== 'number' || !(bits >= 0) || !Number.isFinite(bits) || bits > 2 ** 53)
    throw new InvalidArgumentError(option, bits, 'it must be a number of bits per second');
  return Math.round(bits / 8);
}

/** Milliseconds in the unit of the kernel, of which a thousand (microseconds) or a million (nanoseconds) are one. */
export function inUnits(milliseconds: number, perMillisecond: number, option: string): number {
  if (typeof milliseconds !== 'number' || !(milliseconds >= 0) || !Number.isFinite(milliseconds))
    throw new InvalidArgumentError(option, milliseconds, 'it must be a number of milliseconds');
  return Math.round(milliseconds * perMillisecond);
}

/** Microseconds of an optional setting in milliseconds. */
export function fromMicroseconds(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value / 1000;
}

/**
 * Milliseconds of what the kernel keeps in units of 2^`shift` nanoseconds, and tells in whole microseconds: those that were set, or the fewest
 * that come to the same. What it tells itself comes to less each time that it is set again.
 */
export function fromRounded(value: number | undefined, shift: number): number | undefined {
  if (value === undefined) return undefined;
  const unit = 2 ** shift;
  const told = Math.floor((Math.floor((value * 1000) / unit) * unit) / 1000);
  return (told === value ? value : value + 1) / 1000;
}

/** The same the other way. */
export function toMicroseconds(value: number | undefined, option: string): number | undefined {
  return value === undefined ? undefined : inUnits(value, 1000, option);
}

/** A switch as the kernel has many: a u32. */
export function bit(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

export function isSet(value: number | undefined): boolean | undefined {
  return value === undefined ? undefined : value !== 0;
}
