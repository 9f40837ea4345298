import type { Json, JsonObject } from '../json.ts';
import type { Options } from '../options.ts';
import type { Paint } from './paint.ts';

/** What a description may ask while it describes one thing. */
export interface View {
  readonly options: Options;
  readonly paint: Paint;
  /** Between the lines that belong to one thing: a newline, or a backslash with `-oneline`. */
  readonly newline: string;
  /** What stands for the address of a host: with `-resolve` its name, if it has one. */
  host(address: string): string;
}

/** What one part of a description says of a thing, in both notations; it may say nothing in one of them. */
interface Said {
  readonly text?: string;
  readonly json?: JsonObject;
}

/** One part of the description of a `T`. What is not `wanted` need not be said. */
export type Part<T, V extends View> = (thing: T, view: V, wanted?: keyof Said) => Said | undefined;

/**
 * A value: its member in JSON and its words in text, `%` standing for the value. An absent value says nothing; an
 * empty name or text says nothing in that notation.
 */
export function value<T, V extends View>(
  name: string,
  text: string | ((value: Json, view: V, thing: T) => string),
  get: (thing: T, view: V) => Json | undefined,
): Part<T, V> {
  return (thing, view, wanted) => {
    const found = get(thing, view);
    if (found === undefined) return undefined;
    if (wanted === 'json') return name === '' ? undefined : { json: { [name]: found } };
    const words = typeof text === 'string' ? text.replace('%', () => String(found)) : text(found, view, thing);
    return name === '' ? { text: words } : { text: words, json: { [name]: found } };
  };
}

/** The same for the address of a host, which may have a name. */
export function host<T, V extends View>(
  name: string,
  text: string | ((value: Json, view: V, thing: T) => string),
  get: (thing: T, view: V) => string | undefined,
): Part<T, V> {
  return value(name, text, (thing, view) => {
    const address = get(thing, view);
    return address === undefined ? undefined : view.host(address);
  });
}

/** Words that only text has. */
export function words<T, V extends View>(text: string | ((thing: T, view: V) => string | undefined)): Part<T, V> {
  return (thing, view) => ({ text: (typeof text === 'string' ? text : text(thing, view)) ?? '' });
}

/** Parts that count only when the options say so. */
export function when<T, V extends View>(
  condition: (thing: T, view: V) => boolean,
  parts: readonly Part<T, V>[],
): Part<T, V> {
  return (thing, view) =>
    condition(thing, view) ? { text: toText(parts, thing, view), json: toJson(parts, thing, view) } : undefined;
}

export function toText<T, V extends View>(parts: readonly Part<T, V>[], thing: T, view: V): string {
  let text = '';
  for (const part of parts) text += part(thing, view, 'text')?.text ?? '';
  return text;
}

export function toJson<T, V extends View>(parts: readonly Part<T, V>[], thing: T, view: V): JsonObject {
  const members: Record<string, Json> = {};
  for (const part of parts) {
    const json = part(thing, view, 'json')?.json;
    for (const name in json) members[name] = json[name] as Json;
  }
  return members;
}
