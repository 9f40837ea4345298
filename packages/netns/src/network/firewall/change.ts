import type { Declaration } from '../../connection/declaration.ts';

/** One message of a change. */
export interface ChangeMessage {
  readonly declaration: Declaration;
  readonly verb: string;
  readonly value: unknown;
  readonly flags: number;
}

/** One change of the firewall, ready to be sent with others. */
export interface Change {
  /** What is being done and to what: `add chain inet filter input`. */
  readonly operation: string;
  /** Mostly one; elements that are too many for one message come in several. */
  readonly messages: Iterable<ChangeMessage>;
}

/**
 * Takes changes: to make each at once, and then `R` is a promise, or to make them together later. `plan` throws InvalidArgumentError for a
 * value that cannot be right.
 */
export type Sink<R> = (plan: () => Change) => R;
