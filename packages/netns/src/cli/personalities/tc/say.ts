import type { Json, JsonObject } from '../ip/json.ts';

/** How much is told. */
export interface Telling {
  /** `-details`: also what is usual. */
  readonly details: boolean;
  /** `-iec`: rates in powers of 1024. */
  readonly iec: boolean;
  /** `-statistics`: what was counted. */
  readonly statistics: boolean;
}

/** What is said of one thing, in both notations at once: text for people, members for programs. */
export class Say {
  text = '';
  readonly members: Record<string, Json> = {};
  readonly telling: Telling;

  constructor(telling: Telling) {
    this.telling = telling;
  }

  /** A value with its words: `%` stands for it, or for `shown`. Absent says nothing. */
  value(key: string, words: string, value: Json | undefined, shown: Json | undefined = value): void {
    if (value === undefined) return;
    this.members[key] = value;
    this.text += words.replace('%', () => String(shown));
  }

  /** Text only. */
  words(text: string): void {
    this.text += text;
  }

  /** JSON only. */
  member(key: string, value: Json): void {
    this.members[key] = value;
  }

  /** A switch that is told when it is on. */
  flag(key: string, words: string, on: boolean): void {
    if (!on) return;
    this.members[key] = true;
    this.text += words;
  }

  /** Members of their own, with their words. */
  group(key: string, tell: (say: Say) => void): void {
    const inner = new Say(this.telling);
    tell(inner);
    this.members[key] = inner.members as JsonObject;
    this.text += inner.text;
  }
}

/** A number in C's `%g`. */
export function literal(text: string): Json {
  return { literal: text };
}
