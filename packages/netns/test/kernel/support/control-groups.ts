import { accessSync, constants, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { findLimitPlaces } from '../../../src/process/plan/limit-places.ts';
import { ownCgroupFacts } from '../../../src/process/plan/resolve.ts';
import type { Limits } from '../../../src/process/plan/spawn-plan.ts';

/** Where a plan's control groups are made; undefined where this user may make none: root of a user namespace is nobody outside. */
export function groupsDirectory(limits: Limits = { pids: 1 }): string | undefined {
  try {
    const directories = findLimitPlaces(limits, 'x', ownCgroupFacts()).map(({ directory }) => dirname(directory));
    for (const each of directories) accessSync(each, constants.W_OK);
    return directories[0];
  } catch {
    return undefined;
  }
}

/** Control groups that this process has made and that are still there; other test files have theirs in the same place. */
export function groupsLeft(): string[] {
  return groupsOfAll().filter((name) => name.startsWith(`netns-${process.pid}-`));
}

/** Those of everybody: what a command has made is among them. */
export function groupsOfAll(directory: string | undefined = groupsDirectory()): string[] {
  return directory === undefined ? [] : readdirSync(directory).filter((name) => /^netns-\d+-[0-9a-f]{8}$/.test(name));
}
