import { sayContainer } from '../../inspect/containers/cgroups.ts';
import type { KeepersReport, KeptBy, NamespaceSubject } from '../../inspect/keepers.ts';
import { keepers } from '../../inspect/keepers.ts';
import type { Programs } from '../../inspect/programs.ts';
import { sayReferences } from '../../inspect/references.ts';
import { type NamespaceType, namespaceTypes } from '../../namespaces/type.ts';
import { defineVerb } from '../define-verb.ts';
import { escapeControls } from '../escape.ts';
import { oneName } from '../few-words.ts';
import { askedOf, fromOption } from '../from.ts';
import { writeJson } from '../json.ts';
import { sayHolder, sayKeeper } from '../keeper-words.ts';
import { progressOn } from '../progress.ts';
import { styleFor } from '../style.ts';
import { writeTable } from '../table.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'why',
  summary: 'tell what keeps a namespace alive, and what would let it go',
  usage: ['NAME|PID|PATH|INODE [--type TYPE] [--from FILE]'],
  notes: [
    'Every process, thread, open file, socket, mount, descriptor in flight and namespace below it, each with what would release it.\n' +
      'Of a network namespace the kernel counts the references: the last line is the sum, with what was not found out.',
    'An inode is as `netns ls` has it, 4026532281, or as the kernel says it, `net:[4026532281]`; so are namespaces of other types.',
  ],
  options: {
    type: { summary: 'that namespace of the process or path: net is the default', value: 'TYPE' },
    ...fromOption,
  },
  examples: [
    ['netns why blue', 'why it is there'],
    ['netns why 4026532281', 'one without a name, by its inode'],
    ['netns why 1234 --type mnt', 'the mount namespace of process 1234'],
  ],
  otherWords: ['keepers', 'holders', 'explain'],
  async run({ words, options, json, io }) {
    const type = typeNamed(options.type);
    const { from, programs } = await askedOf(options.from);
    using progress = progressOn(io, 'processes looked at');
    const report = await keepers(subjectOf(oneName(words)), { ...io.names, type, onProgress: progress?.tell, from });
    progress?.[Symbol.dispose]();
    if (json) {
      writeJson(io, report);
      return 0;
    }
    const style = styleFor(io);
    const write = (text: string) => io.stdout.write(`${escapeControls(text)}\n`);
    io.stdout.write(`${style.bold(escapeControls(headline(report)))}\n`);
    writeTable(
      io,
      [
        { title: 'KEPT BY', cell: (kept: KeptBy) => `  ${sayKept(kept, programs)}` },
        { title: 'TO RELEASE', cell: ({ release }) => release },
      ],
      report.keepers,
    );
    if (report.keepers.length === 0) write('  nothing that can be seen');
    if (report.references !== undefined) write(sayReferences(report.references));
    for (const line of doubts(report, programs)) write(line);
    return 0;
  },
});

function typeNamed(word = 'net'): NamespaceType {
  const type = namespaceTypes.find((each) => each === word);
  if (type === undefined) throw new UsageError(`there is no type '${word}': ${namespaceTypes.join(', ')}`);
  return type;
}

/** The largest process id, PID_MAX_LIMIT; inode numbers of namespaces begin near the end of 32 bits. */
const lastProcess = 4_194_304;

function subjectOf(word: string): NamespaceSubject {
  const [, inode] = /^[a-z]+:\[(\d+)\]$/.exec(word) ?? [];
  if (inode !== undefined) return { inode: Number(inode) };
  if (!/^[0-9]+$/.test(word)) return word;
  return Number(word) > lastProcess ? { inode: Number(word) } : { pid: Number(word) };
}

function headline({ namespace }: KeepersReport): string {
  const { type, inode, names, current, initial, container } = namespace;
  return [
    `${type}:[${inode}]`,
    ...names,
    ...(current ? ['(this one)'] : []),
    ...(initial ? ['(the first of the machine)'] : []),
    ...(container === undefined ? [] : [sayContainer(container, ' ')]),
  ].join('  ');
}

function sayKept({ keeper, socket }: KeptBy, of: Programs): string {
  if ((keeper.kind !== 'socket' && keeper.kind !== 'registered') || socket === undefined) return sayKeeper(keeper, of);
  const { what, local, remote, listening } = socket;
  const where = [
    ...(local === undefined ? [] : [local]),
    ...(remote === undefined ? [] : [`to ${remote}`]),
    ...(listening ? ['listening'] : []),
  ].join(' ');
  return sayKeeper(keeper, of).replace(/^socket/, `${what} socket${where === '' ? '' : ` ${where}`}`);
}

/** What may be behind that which is not explained, or may be missing. */
function doubts({ namespace, references, queues, rings, orphans, unseen }: KeepersReport, of: Programs): string[] {
  const isExplained = references !== undefined && references.unexplained === 0;
  if (isExplained || (namespace.type !== 'net' && unseen.length === 0)) return [];
  return [
    ...queues.map(
      ({ receiver, waiting, seen }) =>
        `may be in flight: ${waiting - seen} of ${waiting} waiting on ${sayHolder(receiver, of)} could not be looked at`,
    ),
    ...rings.map(
      ({ holder, sockets }) =>
        `may be registered with io_uring: ${sockets.length === 1 ? 'socket' : 'one of the sockets'} ${sockets.join(', ')} of ${sayHolder(holder, of)}`,
    ),
    ...orphans.map(
      ({ what, state, local, remote }) =>
        `may be a ${what} socket that no process has: ${local}${remote === undefined ? '' : ` to ${remote}`} ${state}`,
    ),
    ...unseen.map((reason) => `not seen: ${reason}`),
  ];
}
