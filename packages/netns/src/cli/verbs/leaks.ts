import { completenessLine } from '../../inspect/completeness.ts';
import { findLeaks, type LeakedNamespace, releaseMounts } from '../../inspect/leaks.ts';
import { defineVerb } from '../define-verb.ts';
import { escapeControls } from '../escape.ts';
import { nothingMore } from '../few-words.ts';
import { askedOf, fromOption } from '../from.ts';
import type { Io } from '../io.ts';
import { writeJson } from '../json.ts';
import { sayKeeper } from '../keeper-words.ts';
import { progressOn } from '../progress.ts';
import { styleFor } from '../style.ts';
import { writeTable } from '../table.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'leaks',
  summary: 'list network namespaces that nothing useful holds',
  usage: ['[--release [--dry-run | --really]]', '--from FILE'],
  notes: [
    'No process is in them and they have no name here, but an open file, a socket, a forgotten mount or something in flight keeps\n' +
      'them. The oldest come first. Some are meant to be: a program may hold a namespace open on purpose.',
    '--release tells which mounts it would take away (--dry-run, the default), and with --really does it. What processes hold is\n' +
      'theirs to let go: it says which; it ends none.',
  ],
  options: {
    release: { summary: 'tell what would be released, and what cannot be' },
    'dry-run': { summary: 'with --release: only tell; so it is unless told otherwise' },
    really: { summary: 'with --release: do it' },
    ...fromOption,
  },
  examples: [
    ['netns leaks', 'what there is, and what keeps it'],
    ['netns leaks --release', 'what would be done'],
    ['netns leaks --release --really', 'do it'],
  ],
  otherWords: ['leaked', 'orphans', 'prune', 'gc'],
  async run({ words, options, json, io }) {
    nothingMore(words);
    if (options.from !== undefined && options.release)
      throw new UsageError('what a snapshot tells of may be another namespace by now: --release is for what is there');
    if (options['dry-run'] && options.really) throw new UsageError('--dry-run and --really do not go together');
    if (!options.release && (options['dry-run'] || options.really))
      throw new UsageError(`--${options.really ? 'really' : 'dry-run'} is for --release`);
    const { from, programs } = await askedOf(options.from);
    using progress = progressOn(io, 'processes looked at');
    const { leaked: found, completeness } = await findLeaks({ ...io.names, onProgress: progress?.tell, from });
    progress?.[Symbol.dispose]();
    if (options.release) return release(found, options.really === true, json, io);
    if (json) writeJson(io, found);
    else {
      writeTable(
        io,
        [
          { title: 'INODE', cell: ({ namespace }: LeakedNamespace) => String(namespace.inode) },
          { title: 'SINCE', cell: ({ since }) => since?.toISOString().slice(0, 19) ?? '?' },
          {
            title: 'KEPT BY',
            cell: ({ namespace }) => sayAll(namespace.keepers.map((keeper) => sayKeeper(keeper, programs))),
          },
        ],
        found,
      );
      // That there is nothing says little where little can be seen.
      if (completeness.kernel === undefined)
        io.stdout.write(`${styleFor(io).dim(escapeControls(completenessLine(completeness)))}\n`);
    }
    return 0;
  },
});

function sayAll(keepers: readonly string[]): string {
  const [first = 'nothing that can be seen', ...others] = keepers;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

async function release(found: readonly LeakedNamespace[], really: boolean, json: boolean, io: Io): Promise<number> {
  const released = really ? await releaseMounts(found) : [];
  const outcomes = found.map(({ namespace: { inode, keepers }, release: how }) => ({
    inode,
    mounts: keepers.filter((keeper) => keeper.kind === 'mount'),
    unmounted: released.filter((mount) => mount.inode === inode),
    held: keepers.flatMap((keeper, index) =>
      keeper.kind === 'mount' ? [] : [{ by: sayKeeper(keeper), release: how[index] ?? '' }],
    ),
  }));
  if (json) {
    writeJson(io, { really, namespaces: outcomes });
    return 0;
  }
  const say = (text: string) => io.stdout.write(`${escapeControls(text)}\n`);
  for (const { inode, mounts, unmounted, held } of outcomes) {
    say(`net:[${inode}]`);
    for (const { path, mountNamespace } of really ? unmounted : mounts)
      say(`  ${really ? 'unmounted' : 'would unmount'} ${path} in mnt:[${mountNamespace}]`);
    for (const { by, release: how } of held) say(`  kept by ${by}: ${how}`);
  }
  if (!really && outcomes.some(({ mounts }) => mounts.length > 0)) say('nothing was done: --really does it');
  return 0;
}
