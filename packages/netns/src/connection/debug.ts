import { writeSync } from 'node:fs';
import { describeMessage, type FamilyNumbers } from '../netlink/describe.ts';
import type { Direction } from '../wire/message.ts';

/** Gets every datagram on its way out or in. */
export type DebugLog = (direction: Direction, bytes: Uint8Array) => void;

/** One for all: who listens to a family has asked for its number by another socket. */
const families: FamilyNumbers = new Map();

/**
 * With `netlink` among the words of the environment variable NETNS_DEBUG, a log that prints each message decoded to standard error;
 * otherwise undefined. The one place below the command that reads the environment.
 */
export function netlinkDebugLog(protocol: number): DebugLog | undefined {
  if (!process.env.NETNS_DEBUG?.split(/[\s,]+/).includes('netlink')) return undefined;
  return (direction, bytes) => void writeSync(2, `${describeMessage(bytes, direction, protocol, families)}\n`);
}
