import { closest } from '../../closest.ts';
import { completenessLine } from '../../inspect/completeness.ts';
import { sayContainer } from '../../inspect/containers/cgroups.ts';
import { titleOf } from '../../inspect/graph/model.ts';
import { type Listening, listeners, type PublishedAt } from '../../inspect/listeners.ts';
import { defineVerb } from '../define-verb.ts';
import { escapeControls } from '../escape.ts';
import { nothingMore } from '../few-words.ts';
import { askedOf, fromOption } from '../from.ts';
import { writeJson } from '../json.ts';
import { progressOn } from '../progress.ts';
import { localCell, netidOf, processCell } from '../sockets/cells.ts';
import { styleFor } from '../style.ts';
import { type Column, writeTable } from '../table.ts';
import { UsageError } from '../verb.ts';

/** By the name that `--columns` has for each. */
const columns: Readonly<Record<string, Column<Listening>>> = {
  namespace: { title: 'NAMESPACE', cell: ({ namespace }) => titleOf(namespace) },
  inode: { title: 'INODE', alignRight: true, cell: ({ namespace }) => String(namespace.inode) },
  netid: { title: 'NETID', cell: ({ socket }) => netidOf(socket) },
  local: { title: 'LOCAL', cell: ({ socket }) => localCell(socket, plainly) },
  published: { title: 'PUBLISHED AT', cell: ({ published }) => published.map(sayPublished).join(', ') || '-' },
  container: {
    title: 'CONTAINER',
    cell: ({ container }) => (container === undefined ? '-' : sayContainer(container)),
  },
  process: { title: 'PROCESS', cell: ({ processes }) => processCell(processes) || '-' },
  uid: { title: 'UID', alignRight: true, cell: ({ socket }) => String(socket.uid ?? '-') },
};

const usual = ['namespace', 'netid', 'local', 'published', 'container', 'process'];

/** Devices stay numbers: their names are those of other namespaces. */
const plainly = { deviceName: () => undefined, unixNames: new Map<number, string>() };

export const verb = defineVerb({
  name: 'listen',
  summary: 'list what listens in all network namespaces, and where it is published',
  usage: ['[--unix] [--columns LIST] [--from FILE]'],
  notes: [
    'TCP that listens and UDP that is bound, also in namespaces that no process is in, with who has it (`-`: nobody who can be seen,\n' +
      'or the kernel) and where a firewall sends what comes to another port: rules of nft and iptables-nft. A `~` marks those that\n' +
      'ask for more than address and port, or choose by chance. What is not certain is not shown.',
    `Columns: ${Object.keys(columns).join(', ')}.`,
  ],
  options: {
    unix: { summary: 'unix sockets that listen, too', letter: 'x' },
    columns: { summary: 'show these columns, with commas between them', value: 'LIST' },
    ...fromOption,
  },
  examples: [
    ['netns listen', 'who listens where'],
    ['netns listen --columns local,published,process', 'other columns'],
    ['netns listen --json', 'for programs'],
  ],
  otherWords: ['listening', 'ports', 'published'],
  async run({ words, options, json, io }) {
    nothingMore(words);
    const chosen = (options.columns?.split(',') ?? usual).map(columnNamed);
    const { from } = await askedOf(options.from);
    using progress = progressOn(io, 'processes looked at');
    const { unix = false } = options;
    const found = await listeners({ ...io.names, unix, onProgress: progress?.tell, from });
    progress?.[Symbol.dispose]();
    if (json) {
      writeJson(io, { ...found, listeners: found.listeners.map(withoutMessage) });
      return 0;
    }
    writeTable(io, chosen, found.listeners);
    const say = (text: string) => io.stdout.write(`${styleFor(io).dim(escapeControls(text))}\n`);
    say(completenessLine(found.completeness));
    if (found.unseen.length > 0) say(`not seen: ${found.unseen.join('; ')}`);
    return 0;
  },
});

function columnNamed(name: string): Column<Listening> {
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (column !== undefined) return column;
  const near = closest(name, Object.keys(columns));
  throw new UsageError(`there is no column '${name}'${near === undefined ? '' : `; did you mean '${near}'?`}`);
}

/** `*:8080`, `192.0.2.1:8080-8089`; and where, if that is not the machine's own firewall. */
function sayPublished({ namespace, address, port, lastPort, conditional }: PublishedAt): string {
  const host = address === undefined ? '*' : address.includes(':') ? `[${address}]` : address;
  const place = namespace.initial ? '' : ` of ${titleOf(namespace)}`;
  return `${conditional ? '~' : ''}${host}:${port}${lastPort === undefined ? '' : `-${lastPort}`}${place}`;
}

/** What the kernel said word for word is for the library. */
function withoutMessage({ socket, ...rest }: Listening) {
  const { message, processes, ...plain } = socket;
  return { ...rest, socket: plain };
}
