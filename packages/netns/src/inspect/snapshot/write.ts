import {
  closeSync,
  constants,
  fdatasyncSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { builtin } from '../../native/builtin.ts';
import { AT_FDCWD } from '../../native/constants.ts';
import { perform } from '../../native/syscall.ts';
import { type SnapshotOptions, snapshotFacts } from './take.ts';
import { formatFact } from './text.ts';

/** So many characters are gathered before they are written. */
const portion = 1 << 16;

/**
 * Writes down what the machine is like, as lines of JSON: `snapshot`, but into a file, and without ever having all of it in memory. The file
 * appears under its name when it is whole: a program that is killed half-way leaves the old one as it was.
 *
 * Throws what `snapshot` throws, and the errors of files.
 */
export async function writeSnapshot(file: string, options: SnapshotOptions = {}): Promise<void> {
  const draft = openDraft(file);
  try {
    let text = '';
    for await (const fact of snapshotFacts(options)) {
      text += `${formatFact(fact)}\n`;
      if (text.length < portion) continue;
      writeFileSync(draft.descriptor, text);
      text = '';
    }
    writeFileSync(draft.descriptor, text);
    draft.publish();
  } finally {
    closeSync(draft.descriptor);
  }
}

/** A file that is being written. */
interface Draft {
  readonly descriptor: number;
  /** Gives it its name. */
  publish(): void;
}

/** The file has no name before it is whole, so nothing is left of it whoever is killed; devices and pipes are written to as they are. */
function openDraft(file: string): Draft {
  const there = statSync(file, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) return { descriptor: openSync(file, 'w'), publish: () => {} };
  const target = there === undefined ? file : realpathSync(file);
  // Who may read it may read the command lines of all processes.
  const descriptor = openSync(dirname(target), O_TMPFILE | constants.O_WRONLY, 0o600);
  return {
    descriptor,
    publish: () => {
      fdatasyncSync(descriptor);
      const name = `${target}.${builtin('crypto').randomBytes(6).toString('hex')}`; // a link cannot take the place of what is there, a name can
      perform(`write ${file}`, 'linkat', AT_FDCWD, `/proc/self/fd/${descriptor}`, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
      renameSync(name, target);
    },
  };
}

const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;
const AT_SYMLINK_FOLLOW = 0x400;
