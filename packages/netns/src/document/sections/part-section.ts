import type { Fd } from '../../native/fd.ts';
import type { Network } from '../../network/network.ts';
import type { Schema, Typed } from '../schema.ts';
import type { Loss } from './table-section.ts';

/** Where a part is changed. */
export interface Place {
  readonly network: Network;
  /** The namespace itself. */
  readonly namespace: Fd;
  /** The sysctls of a new namespace, read once for all that are described. */
  readonly usualSysctls?: (() => Promise<ReadonlyMap<string, unknown>>) | undefined;
}

/** A change of a part: what it was when the plan was made, and what it is to be (undefined: nothing). */
export interface PartChange {
  readonly key: string;
  readonly have: unknown;
  readonly want: unknown;
}

/**
 * A part of the document that is an object of keys, each with a value that is set as a whole: a sysctl, a ruleset, what shapes a device. One file
 * has all that is particular to it, as with `TableSection`.
 */
export interface PartSection {
  readonly name: string;
  readonly schema: Typed<Schema, Readonly<Record<string, unknown>>>;
  /** What is there: of what a document names, or, without that, all that is not as in a new namespace. */
  read(place: Place, named?: readonly string[]): Promise<Readonly<Record<string, unknown>>>;
  /** All that a value means; two that mean the same are the same JSON. */
  full(value: unknown): unknown;
  /** What a key is that is not there: the same as this. */
  readonly nothing?: unknown;
  /** What is there and not named becomes nothing. */
  readonly deletes?: true;
  /**
   * A value as the kernel gives it back: what is written by hand may say the same in other words. Tried where nobody sees it; throws what the
   * kernel has against it.
   */
  asTheKernelHasIt?(key: string, value: unknown, place: Place): Promise<unknown>;
  /** Its keys are devices, and those have to be there. */
  readonly ofDevices?: true;
  /** The device that a key belongs to, if it does. */
  device(key: string): string | undefined;
  /** Whether it goes when a device goes. */
  isLost(key: string, loss: Loss): boolean;
  /** Before devices are made (what does not belong to one), or at the end. */
  readonly when: 'early' | 'late';
  /** The same as commands, one after the other. `kind`: of the device that the key belongs to. */
  commands(namespace: string, change: PartChange, kind?: string): readonly string[];
  run(place: Place, change: PartChange): Promise<void>;
}
