import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { KernelError } from '../../errors.ts';
import { nameDirectories } from '../../namespaces/name-directories.ts';
import { defaultRunDirectory, type NameDirectory, type RunDirectoryOptions } from '../../namespaces/name-directory.ts';
import { namesIn } from '../../namespaces/names.ts';
import {
  AT_FDCWD,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWUSER,
  MS_REC,
  MS_SLAVE,
  O_CLOEXEC,
  O_WRONLY,
} from '../../native/constants.ts';
import { attempt } from './attempt.ts';
import { explainNoRights, explainRefusal } from './explain.ts';
import type { Finding } from './finding.ts';
import type { MachineFacts } from './machine-facts.ts';
import { whyNoWriting } from './may-write.ts';

const common = { group: 'features', neededFor: 'names of namespaces' } as const;

/** Where this user's names are, and whether they can be made. */
export function namesPlace(place: RunDirectoryOptions, facts: MachineFacts): Finding {
  const [directory] = nameDirectories(place);
  return directory.path === defaultRunDirectory ? ofTheMachine() : ofTheUser(directory, facts);
}

function ofTheMachine(): Finding {
  const there = existsSync(defaultRunDirectory);
  const place = there ? defaultRunDirectory : '/run';
  const what = `writing to ${place}`;
  const refusal = whyNoWriting(place);
  if (refusal !== undefined) return { ...common, what, state: 'no', note: refusal };
  return { ...common, what, state: 'yes', note: there ? 'it is there' : 'it would be made' };
}

function ofTheUser(directory: NameDirectory, facts: MachineFacts): Finding {
  const what = `names in ${directory.path}`;
  try {
    const names = directory.view() && namesIn(directory).length;
    if (names !== undefined) return { ...common, what, state: 'yes', note: `there are ${names}` };
  } catch (error) {
    if (error instanceof KernelError) return { ...common, what, state: 'no', note: error.message };
    throw error;
  }
  const refusal = refusalToMake(dirname(directory.path)) ?? tryHolding(facts);
  return { ...common, what, state: refusal === undefined ? 'yes' : 'no', note: refusal ?? 'tried' };
}

function refusalToMake(path: string): string | undefined {
  const place = existsSync(path) ? path : dirname(path);
  const refusal = whyNoWriting(place);
  return refusal && `writing to ${place}: ${refusal}`;
}

/** What the process that holds a user's names does, and what makes a namespace. */
function tryHolding(facts: MachineFacts): string | undefined {
  const map = `0 ${process.geteuid?.() ?? 0} 1`;
  const refused = attempt([
    ['unshare', CLONE_NEWUSER],
    ['openat', AT_FDCWD, '/proc/self/uid_map', O_WRONLY | O_CLOEXEC],
    ['write', { result: 1 }, map, map.length],
    ['close', { result: 1 }],
    ['unshare', CLONE_NEWNS],
    ['mount', '', '/', 'none', MS_REC | MS_SLAVE, null],
    ['mount', 'none', '/proc', 'tmpfs', 0, null],
    ['unshare', CLONE_NEWNET],
  ]);
  if (refused === undefined) return undefined;
  if (refused.step === 0) return explainRefusal(refused.errno, 'user', facts);
  if (refused.step === 7) return explainRefusal(refused.errno, 'net', facts);
  return explainNoRights(refused.errno, facts);
}
