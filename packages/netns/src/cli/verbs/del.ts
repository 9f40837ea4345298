import type { RunDirectoryOptions } from '../../namespaces/name-directory.ts';
import { listNames } from '../../namespaces/names.ts';
import type { Namespace } from '../../namespaces/namespace.ts';
import { passageTo } from '../../native/passage.ts';
import { defineVerb } from '../define-verb.ts';
import type { EndWatch } from '../end-watch.ts';
import type { Io } from '../io.ts';
import { writeJson } from '../json.ts';
import { findKeepers, openIfReady, type Removed, remove, sayKeepers } from '../removal.ts';
import { failureText, note } from '../report.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'del',
  summary: 'take names away, and so end the namespaces that nothing else holds',
  usage: ['[--wait[=SECONDS]] NAME...', '[--wait[=SECONDS]] --all'],
  notes: [
    'Nothing is killed. A namespace lives on while a process is in it, another name or mount leads to it, or a socket or an open\n' +
      'file holds it. Which processes and names hold it is told; of sockets, files, and mounts elsewhere `netns why` tells.',
    'Even if nothing holds a namespace, its devices go a moment after its name. `--wait` waits until they are gone, whatever held\n' +
      'the namespace: 10 seconds if not said otherwise. It fails if they are not gone by then.',
  ],
  options: {
    all: { summary: 'all names that there are' },
    wait: { value: 'SECONDS', valueIsOptional: true, summary: 'wait until the namespaces have ended' },
  },
  examples: [
    ['netns del blue', 'take the name away'],
    ['netns del --wait=30 blue red', 'and wait until both have ended'],
    ['netns del --all', 'take all names away'],
  ],
  otherWords: ['delete', 'remove', 'rm', 'destroy'],
  async run({ words, options, json, io }) {
    const names = namesOf(words, options.all === true, io.names);
    const patience = patienceOf(options.wait);
    using watch = patience === undefined ? undefined : await watchFor(names, io.names);
    const held: Namespace[] = [];
    const removed: Removed[] = [];
    let status = 0;
    for (const name of names) {
      try {
        removed.push(await remove(name, io.names, held, watch));
      } catch (error) {
        note(io, failureText(error));
        status = 1;
      }
    }
    let keepers = findKeepers(removed, io.names);
    if (!json) for (const [index, each] of removed.entries()) tellKeepers(io, each, sayKeepers(keepers[index] ?? none));
    for (const namespace of held) namespace.close();
    const ended = (each: Removed) => (each.watched === undefined ? undefined : watch?.hasEnded(each.watched));
    if (watch !== undefined && patience !== undefined && !(await watch.wait(patience))) {
      status = 1;
      const late = removed.filter((each) => ended(each) === false);
      keepers = findKeepers(
        removed.map((each) => (ended(each) === false ? each : { ...each, id: undefined })),
        io.names,
      );
      for (const each of late) note(io, lateText(each, patience, sayKeepers(keepers[removed.indexOf(each)] ?? none)));
      if (late.length === 0) note(io, `cannot tell that the devices are gone: not so after ${seconds(patience)}`);
    } else if (watch !== undefined) keepers = [];
    if (json)
      writeJson(
        io,
        removed.map((each, index) => ({
          name: each.name,
          inode: each.id?.ino,
          ended: ended(each),
          ...(keepers[index] ?? none),
        })),
      );
    return status;
  },
});

const none = { processes: [], names: [] };

function namesOf(words: readonly string[], all: boolean, place: RunDirectoryOptions): readonly string[] {
  if (all && words.length > 0) throw new UsageError("'--all' leaves nothing to be named");
  if (!all && words.length === 0) throw new UsageError('which name?');
  return all ? listNames(place).map(({ name }) => name) : words;
}

/** With the rights that it takes to be in those namespaces: all of an ordinary user's belong to one user namespace. */
async function watchFor(names: readonly string[], place: RunDirectoryOptions): Promise<EndWatch> {
  const { EndWatch } = await import('../end-watch.ts'); // few wait
  for (const name of names) {
    using namespace = openIfReady(name, place);
    using owner = namespace && passageTo(namespace.fd);
    if (owner !== undefined) return EndWatch.open(owner);
  }
  return EndWatch.open();
}

const usualPatience = 10_000;

function patienceOf(wait: string | true | undefined): number | undefined {
  if (wait === undefined || wait === true) return wait && usualPatience;
  const given = Number(wait);
  if (wait === '' || !(given >= 0 && given <= 86_400))
    throw new UsageError(`'${wait}' is no number of seconds from 0 to 86400`);
  return given * 1000;
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}

function tellKeepers(io: Io, { name, id }: Removed, keepers: string | undefined): void {
  if (keepers !== undefined && id !== undefined)
    note(io, `the name ${JSON.stringify(name)} is gone, but net:[${id.ino}] lives on: ${keepers}`);
}

function lateText({ name, id }: Removed, patience: number, keepers: string | undefined): string {
  const reason = keepers ?? 'what holds it cannot be seen from here: a socket, an open file, or a mount elsewhere';
  return `cannot wait any longer for the end of ${JSON.stringify(name)}, net:[${id?.ino}]: it lives on after ${seconds(patience)}; ${reason}`;
}
