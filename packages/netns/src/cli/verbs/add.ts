import { nameDirectories } from '../../namespaces/name-directories.ts';
import { defaultRunDirectory } from '../../namespaces/name-directory.ts';
import { createNamed } from '../../namespaces/named.ts';
import { removeName, validateName } from '../../namespaces/names.ts';
import { mountsOnRunDirectory, prepareRunDirectory } from '../../namespaces/run-directory.ts';
import { ResourceStack } from '../../resource.ts';
import { defineVerb } from '../define-verb.ts';
import { giveNsid } from '../give-nsid.ts';
import type { Io } from '../io.ts';
import { writeJson } from '../json.ts';
import { nsidArgument } from '../nsid-argument.ts';
import { note } from '../report.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'add',
  summary: 'make network namespaces, each with a name',
  usage: ['[--id ID|auto] NAME...'],
  notes: [
    'A new namespace holds nothing but a loopback device that is down. Either all names are made or none.\n' +
      'With `--id` this namespace also gets an id (nsid) for the new one, as `set` gives it.',
  ],
  options: {
    id: { value: 'ID|auto', summary: 'give it this id, or the lowest free one' },
  },
  examples: [
    ['netns add blue', 'make one'],
    ['netns add red green --id auto', 'make two, and give each an id'],
  ],
  otherWords: ['create', 'new', 'make'],
  async run({ words, options, json, io }) {
    checkNames(words);
    const id = options.id === undefined ? undefined : nsidArgument(options.id);
    if (typeof id === 'number' && words.length > 1) throw new UsageError('one id cannot be for several names');
    const [directory] = nameDirectories(io.names);
    const warned = directory.path === defaultRunDirectory;
    if (warned) warnOfRunDirectory(io);
    const naming = warned ? { ...io.names, lockPatienceMs: 0, onWarning: () => {} } : io.names;
    using undo = new ResourceStack();
    const made: unknown[] = [];
    for (const name of words) {
      using namespace = createNamed(name, naming);
      undo.defer(() => removeName(name, io.names));
      const nsid = id === undefined ? undefined : await giveNsid(name, namespace, id);
      made.push({ name, inode: namespace.id.ino, nsid });
    }
    undo.commit();
    if (json) writeJson(io, made);
    return 0;
  },
});

function checkNames(names: readonly string[]): void {
  if (names.length === 0) throw new UsageError('which name?');
  names.forEach(validateName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`the name ${JSON.stringify(twice)} is given twice`);
}

function warnOfRunDirectory(io: Io): void {
  const lock = prepareRunDirectory();
  if (lock !== undefined) note(io, `warning: ${lock}`);
  const mounts = mountsOnRunDirectory();
  if (mounts > 1) {
    note(
      io,
      `warning: ${mounts} mounts lie on top of each other at /run/netns, and the upper ones hide names in the lower ones; ` +
        '`umount /run/netns` takes one away',
    );
  }
}
