import { type Leaf, leaf, type Typed } from '../../../wire/shape.ts';
import { Writer } from '../../../wire/writer.ts';

type UserdataFields = Readonly<Record<string, readonly [type: number, leaf: Typed<Leaf, unknown>]>>;

/** An entry that no declaration names. */
export interface UnknownUserdata {
  readonly type: number;
  readonly raw: Uint8Array;
}

/** Entries by name. `unknown` are those without one; `raw` is the whole when it is no list of entries. */
export type Userdata<F extends UserdataFields> = {
  readonly [K in keyof F]?: (F[K][1] extends Typed<Leaf, infer V> ? V : never) | undefined;
} & { readonly unknown?: readonly UnknownUserdata[] | undefined; readonly raw?: Uint8Array | undefined };

/**
 * What user space stores with an object and only user space understands, in the form of libnftnl: entries of one byte type, one byte length,
 * value. Anything may be in there: what would not be written back byte for byte is kept whole, as `raw`.
 */
export function userdata<const F extends UserdataFields>(fields: F): Typed<Leaf, Userdata<F>> {
  const byType = new Map(Object.entries(fields).map(([name, [type, of]]) => [type, { name, of }]));

  function read(bytes: Uint8Array, view: DataView, start: number, end: number): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    const unknown: UnknownUserdata[] = [];
    for (let at = start; at < end; ) {
      const from = at + 2;
      const to = from + (bytes[at + 1] ?? 0);
      if (from > end || to > end) return { raw: bytes.slice(start, end) };
      const type = bytes[at] as number;
      const field = byType.get(type);
      if (field === undefined || !(field.of.sizes?.includes(to - from) ?? true)) {
        unknown.push({ type, raw: bytes.slice(from, to) });
        value.unknown = unknown;
      } else value[field.name] = field.of.read(bytes, view, from, to);
      at = to;
    }
    const again = new Writer(end - start);
    return write(again, value) === undefined && same(again, bytes, start, end)
      ? value
      : { raw: bytes.slice(start, end) };
  }

  function write(writer: Writer, value: unknown): string | undefined {
    if (typeof value !== 'object' || value === null) return 'must be an object';
    for (const [name, given] of Object.entries(value)) {
      if (given === undefined) continue;
      const refused = name === 'unknown' ? writeUnknown(writer, given) : writeNamed(writer, name, given);
      if (refused !== undefined) return refused;
    }
    return undefined;
  }

  function writeNamed(writer: Writer, name: string, given: unknown): string | undefined {
    if (name === 'raw') {
      if (!(given instanceof Uint8Array)) return 'raw must be a Uint8Array';
      writer.append(given);
      return undefined;
    }
    const field = fields[name];
    if (field === undefined) return `there is no entry ${name}`;
    const [type, of] = field;
    return writeEntry(writer, type, () => of.write(writer, given));
  }

  return leaf<Userdata<F>>({ name: 'userdata', sizes: undefined, read, write, show: (value) => JSON.stringify(value) });
}

/** Entries that have no names of their own. */
export const userdataEntries: Typed<Leaf, readonly UnknownUserdata[]> = (() => {
  const all = userdata({});
  return leaf<readonly UnknownUserdata[]>({
    name: 'userdataEntries',
    sizes: undefined,
    read(bytes, view, start, end) {
      return (all.read(bytes, view, start, end) as Userdata<Record<never, never>>).unknown ?? [];
    },
    write: (writer, value) => all.write(writer, { unknown: value }),
  });
})();

function writeUnknown(writer: Writer, entries: unknown): string | undefined {
  if (!Array.isArray(entries)) return 'unknown must be an array';
  for (const { type, raw } of entries as readonly UnknownUserdata[]) {
    if (!(raw instanceof Uint8Array)) return 'an unknown entry is { type, raw }';
    writeEntry(writer, type, () => void writer.append(raw));
    if (raw.length > 255) return 'an entry holds at most 255 bytes';
  }
  return undefined;
}

function writeEntry(writer: Writer, type: number, write: () => string | undefined): string | undefined {
  writer.byte(type);
  const at = writer.reserve(1);
  const refused = write();
  if (refused !== undefined) return refused;
  const length = writer.length - at - 1;
  if (length > 255) return 'an entry holds at most 255 bytes';
  writer.bytes[at] = length;
  return undefined;
}

function same(writer: Writer, bytes: Uint8Array, start: number, end: number): boolean {
  if (writer.length !== end - start) return false;
  for (let at = start; at < end; at++) if (writer.bytes[at - start] !== bytes[at]) return false;
  return true;
}
