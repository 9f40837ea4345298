import { listNames } from '../../namespaces/names.ts';
import { defineVerb } from '../define-verb.ts';
import { nothingMore } from '../few-words.ts';
import { writeJson } from '../json.ts';
import { type Listed, listNamespaces } from '../listing.ts';
import { describeProcess } from '../process-command.ts';
import { type Column, writeTable } from '../table.ts';

export const verb = defineVerb({
  name: 'ls',
  summary: 'list network namespaces',
  usage: ['[--names]'],
  notes: [
    'Names, then the namespaces without a name (`-`) that processes are in, each with the first of these. A name that leads to\n' +
      'no namespace is stale. Where there may be more processes than you may see, their number has a `+`.',
  ],
  options: { names: { summary: 'the names alone, one on a line, as they are' } },
  examples: [
    ['netns ls', 'what there is'],
    ['netns ls --names', 'for scripts'],
    ['netns ls --json', 'for programs: each with its process ids and devices'],
  ],
  otherWords: ['list', 'dir'],
  async run({ words, options, json, io }) {
    nothingMore(words);
    if (options.names) {
      const names = listNames(io.names)
        .map(({ name }) => name)
        .sort();
      if (json) writeJson(io, names);
      else io.stdout.write(names.map((name) => `${name}\n`).join(''));
      return 0;
    }
    const { rows, incomplete } = await listNamespaces(io.names);
    if (json) writeJson(io, rows);
    else writeTable(io, columnsFor(incomplete), rows);
    return 0;
  },
});

function columnsFor(incomplete: boolean): readonly Column<Listed>[] {
  const unlessStale = (text: (row: Listed) => string) => (row: Listed) => (row.state === 'stale' ? '-' : text(row));
  return [
    {
      title: 'NAME',
      cell: ({ name }) => name ?? '-',
      look: ({ state }, style) => (state === 'stale' ? style.warn : style.bold),
    },
    { title: 'INODE', alignRight: true, cell: ({ inode }) => (inode === undefined ? 'stale' : String(inode)) },
    { title: 'NSID', alignRight: true, cell: ({ nsid }) => (nsid === undefined ? '-' : String(nsid)) },
    {
      title: 'PROCESSES',
      alignRight: true,
      cell: unlessStale(({ pids }) => `${pids.length}${incomplete ? '+' : ''}`),
    },
    {
      title: 'DEVICES',
      cell: unlessStale(({ devices }) => (devices === undefined ? '?' : shorten(devices))),
    },
    { title: 'NOTE', cell: noteOf, look: (_, style) => style.dim },
  ];
}

const shownDevices = 4;

function shorten(devices: readonly string[]): string {
  const more = devices.length - shownDevices;
  return more <= 1 ? devices.join(' ') : `${devices.slice(0, shownDevices).join(' ')} +${more}`;
}

function noteOf({ name, state, pids, current }: Listed): string {
  if (state === 'stale') return 'no namespace is here';
  const [pid] = pids;
  return [
    ...(current ? ['this one'] : []),
    ...(name === undefined && pid !== undefined ? [`${pid} ${describeProcess(pid).command}`] : []),
  ].join(': ');
}
