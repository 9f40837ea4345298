import { declarationOf } from '../../src/netlink/catalogue.ts';
import { NLMSG_HDRLEN, splitDatagram } from '../../src/netlink/header.ts';
import type { AnyMessage } from '../../src/wire/message.ts';
import type { AttributeSet, Field, Shape } from '../../src/wire/shape.ts';
import type { CapturedMessage } from './load.ts';

type Value = Readonly<Record<string, unknown>>;

/** An attribute of a declaration, or what belongs to one kind: `link.linkinfo.vxlan.label`, `link.linkinfo.vxlan`. */
interface Declared {
  readonly path: string;
  readonly of: Field | Shape;
}

/** Every attribute of these messages once, with the first path that leads to it. What is declared again in another place (a message in a message) counts once. */
export function declaredFields(messages: readonly Pick<AnyMessage, 'name' | 'shape'>[]): readonly Declared[] {
  const found = new Map<Field | Shape, string>();
  for (const { name, shape } of messages) declare(shape, name, [], found);
  return [...found].map(([of, path]) => ({ path, of }));
}

function declare(shape: Shape, path: string, around: readonly AttributeSet[], found: Map<Field | Shape, string>): void {
  if (shape.form === 'prefixed') declare(shape.attributes, path, around, found);
  else if (shape.form === 'records') declare(shape.record, path, around, found);
  if (shape.form !== 'attributes' || around.some((outer) => isPartOf(shape, outer))) return;
  const inside = [...around, shape];
  for (const field of shape.fields) {
    if (found.has(field)) continue;
    const own = `${path}.${field.name}`;
    found.set(field, own);
    declare(field.shape, own, inside, found);
  }
  for (const pair of shape.pairs) {
    for (const [kind, arm] of pair.arms) {
      if (found.has(arm)) continue;
      const own = `${path}${pair.name === undefined ? '' : `.${pair.name}`}.${kind}`;
      found.set(arm, own);
      declare(arm, own, inside, found);
    }
  }
}

/** Whether a set has nothing that another does not have as well: the link that is the peer of a veth. */
function isPartOf({ fields }: AttributeSet, outer: AttributeSet): boolean {
  return (
    fields.length > 1 &&
    fields.every(({ name, number }) => outer.fields.some((each) => each.name === name && each.number === number))
  );
}

/** What these messages have, as {@link declaredFields} has it: attributes and kinds. */
export class Captured {
  readonly #found = new Set<Field | Shape>();

  constructor(messages: readonly CapturedMessage[]) {
    for (const { bytes, direction, protocol } of messages) {
      const [message] = splitDatagram(bytes);
      const declaration = message && declarationOf(message.type, protocol, direction, bytes[NLMSG_HDRLEN]);
      if (message !== undefined && declaration !== undefined) this.#add(declaration.shape, declaration.decode(message));
    }
  }

  has({ of }: Declared): boolean {
    return this.#found.has(of);
  }

  #add(shape: Shape, value: unknown): void {
    if (shape.form === 'prefixed') this.#add(shape.attributes, (value as Value).attributes);
    else if (shape.form === 'records') for (const each of value as readonly unknown[]) this.#add(shape.record, each);
    if (shape.form !== 'attributes' || typeof value !== 'object' || value === null) return;
    const values = value as Value;
    for (const field of shape.fields) {
      const its = values[field.name];
      if (its === undefined) continue;
      this.#found.add(field);
      for (const each of field.count === 'one' ? [its] : (its as readonly unknown[])) this.#add(field.shape, each);
    }
    for (const pair of shape.pairs) {
      const its = (pair.name === undefined ? values : values[pair.name]) as Value | undefined;
      if (typeof its?.kind !== 'string') continue;
      const arm = pair.arms.get(its.kind);
      if (arm === undefined) continue;
      this.#found.add(arm);
      if (its.data !== undefined) this.#add(arm, its.data);
    }
  }
}
