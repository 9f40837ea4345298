import type { AnyMessage, Direction } from '../wire/message.ts';

/** Finds the declaration of a message that was received. */
export interface Known {
  of(type: number, protocol: number, direction: Direction, family: number | undefined): AnyMessage | undefined;
}

/** Messages of one subject, to be found by their numbers: who listens to one subject need not load the others. */
export class Declarations implements Known {
  readonly messages: readonly AnyMessage[];
  /** By protocol, number and, where that matters, family; made when the first is asked for. */
  #numbered: Readonly<Record<Direction, ReadonlyMap<number, AnyMessage>>> | undefined;

  constructor(messages: readonly AnyMessage[]) {
    this.messages = messages;
  }

  /** What the number means; in a few cases another thing for each `family`: the first byte behind the header. */
  of(type: number, protocol = 0, direction: Direction = 'received', family?: number): AnyMessage | undefined {
    this.#numbered ??= byNumber(this.messages);
    const table = this.#numbered[direction];
    return table.get(keyOf(protocol, type)) ?? table.get(keyOf(protocol, type, family));
  }
}

function byNumber(messages: readonly AnyMessage[]) {
  const tables = { sent: new Map<number, AnyMessage>(), received: new Map<number, AnyMessage>() };
  for (const known of messages)
    for (const direction of ['sent', 'received'] as const)
      if ((known.direction ?? direction) === direction)
        for (const type of Object.values<number>(known.types))
          for (const family of known.families ?? [undefined]) {
            const key = keyOf(known.protocol, type, family);
            if (!tables[direction].has(key)) tables[direction].set(key, known);
          }
  return tables;
}

function keyOf(protocol: number, type: number, family = -1): number {
  return (protocol * 65536 + type) * 512 + family + 1;
}
