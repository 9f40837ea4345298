import { closeSync, openSync } from 'node:fs';
import { errnoMessage } from '../../../../errno.ts';
import { failure } from '../exit.ts';
import { objectWord, runObject } from '../objects.ts';
import { exitOf } from '../report.ts';
import { Session } from '../session.ts';
import { namespaceForOption } from '../switch-namespace.ts';
import { readLines } from './lines.ts';
import { type BatchLine, readBatch } from './reader.ts';

/**
 * Runs the commands of a file, or of standard input for `-`, one after the other; `ip -batch FILE`.
 *
 * A command that fails ends the batch with exit code 1, unless `-force` is given. Errors in the words of a command
 * end `ip` with their own code; with `-force` this program goes on after them, too, where iproute2 stops.
 */
export async function runBatch(session: Session, file: string): Promise<number> {
  const fd = file === '-' ? 0 : openFile(file);
  try {
    let result = 0;
    for (const line of readBatch(readLines(fd), (text) => session.warn(text))) {
      if (await runLine(session, line)) continue;
      session.warn(`Command failed ${file}:${line.number}\n`);
      result = 1;
      if (!session.options.force) break;
    }
    return result;
  } finally {
    if (fd !== 0) closeSync(fd);
  }
}

/** Objects whose commands make, rename and delete no device: what was asked of those before is still true. */
const leavesDevices: ReadonlySet<string> = new Set(['address', 'route', 'rule', 'neighbor', 'neighbour', 'nexthop']);

/** Whether the line succeeded. Throws Exit for an error that ends the whole batch. */
async function runLine(session: Session, line: BatchLine): Promise<boolean> {
  try {
    const [option, name] = line.words;
    if (option === '-n' || option === '-netns') {
      session.deviceIndexes.clear();
      const namespace = await namespaceForOption(name, session.runDirectory, session.io.names);
      using inside = new Session({ ...session, namespace, entered: [...session.entered, name ?? ''] });
      return (await runWords(inside, line.words.slice(2))) === 0;
    }
    const done = await runWords(session, line.words);
    if (!leavesDevices.has(objectWord(option ?? '') ?? '')) session.deviceIndexes.clear();
    return done === 0;
  } catch (error) {
    const exit = exitOf(error);
    if (exit.final && !session.options.force) throw exit;
    session.warn(exit.message);
    return false;
  }
}

async function runWords(session: Session, [object, ...rest]: readonly string[]): Promise<number> {
  return object === undefined ? 0 : runObject(session, object, rest);
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const { errno = 0 } = error as NodeJS.ErrnoException;
    throw failure(`Cannot open file "${path}" for reading: ${errnoMessage(-errno)}`);
  }
}
