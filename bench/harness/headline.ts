import type { Ground } from './ground.ts';
import type { Tools } from './tools.ts';

/** The floor does only what the kernel demands; peers are public tools; a reference is what a target is relative to. */
export type Role = 'floor' | 'reference' | 'peer' | 'ours';

/** What one run measured: metric -> number, in the unit of the headline. */
export type Sample = Readonly<Record<string, number>>;

/** One way to do the work of a headline. */
export interface Contestant {
  readonly name: string;
  readonly role: Role;
  /** For slow peers: take part in so many rounds only. */
  readonly atMostRounds?: number;
  /** Prepare, measure, tidy up. Only what is returned counts. */
  run(): Promise<Sample>;
}

/** One number in the table: a metric of a contestant. */
export interface Cell {
  readonly contestant: string;
  readonly metric: string;
}

/** `of` shall be at most `atMost` times (or, for differences, at most `atMost` above) `against`. */
export interface Target {
  readonly of: Cell;
  readonly against: Cell;
  readonly atMost: number;
}

/** What a headline hands to the report: raw numbers, and what to compare with what. */
export interface Results {
  readonly unit: string;
  /** How two cells are compared: one divided by the other, or one minus the other. */
  readonly compare: 'ratio' | 'difference';
  readonly metrics: readonly string[];
  readonly contestants: readonly Pick<Contestant, 'name' | 'role'>[];
  /** The samples of each round by contestant's name. */
  readonly rounds: readonly Readonly<Record<string, Sample>>[];
  /** What every row of the table is compared with. */
  readonly baseline: (cell: Cell) => Cell;
  readonly targets: readonly Target[];
  /** Peers that are not installed here, with what would bring them. */
  readonly missing: readonly string[];
  readonly notes?: readonly string[];
}

export interface Headline {
  readonly id: string;
  readonly title: string;
  readonly rounds: number;
  run(bench: Bench): Promise<Results>;
}

/** What every headline is given. */
export interface Bench {
  readonly ground: Ground;
  readonly tools: Tools;
  readonly rounds: number;
  /** How many namespaces "1,000" means in this run. */
  readonly count: number;
  /** Says what is going on; an empty text wipes it away. */
  progress(text: string): void;
}
