/** One command line that is run with the installed `ip` and with ours, in namespaces that were prepared alike. */
export interface Case {
  /** The words behind `ip`, for a shell; or a whole script if it names `$IP`. */
  readonly line: string;
  /** What is done before, with the installed `ip`, in a shell. */
  readonly setup?: string;
  /** It changes something: then it runs twice in fresh namespaces, and what is left behind must be equal, too. */
  readonly changes?: boolean;
  /** Files beside the script, by name: batches. */
  readonly files?: Readonly<Record<string, string>>;
  /** Ours is compared with this instead, because we mean to do better. What only a newer `ip` does is in the record (record.ts). */
  readonly differs?: Difference;
}

export type Difference = Expected & { readonly better: string };

/** What is expected of ours; what is left out is as with `ip`. */
export interface Expected {
  readonly out?: string | RegExp;
  readonly err?: string | RegExp;
  readonly code?: number;
  /** The state that is left behind differs, too. */
  readonly state?: 'differs';
}

/** What a run did, with everything that is random or passes with time made equal. */
export interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly code: number;
  /** What is left behind; of a case that changes nothing, the change. */
  readonly state: string;
}
