import { completenessLine } from '../../inspect/completeness.ts';
import type { Programs } from '../../inspect/programs.ts';
import { listNames } from '../../namespaces/names.ts';
import { namespaceTypes } from '../../namespaces/type.ts';
import { defineVerb } from '../define-verb.ts';
import { escapeControls } from '../escape.ts';
import { nothingMore } from '../few-words.ts';
import { askedOf, fromOption } from '../from.ts';
import type { Io } from '../io.ts';
import { writeJson } from '../json.ts';
import { type Listed, listNamespaces } from '../listing.ts';
import { chooseColumns, columnNames, sortRows } from '../listing-columns.ts';
import { treeOf, treeOrders } from '../listing-tree.ts';
import { progressOn } from '../progress.ts';
import { styleFor } from '../style.ts';
import { writeTable } from '../table.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'ls',
  summary: 'list all network namespaces of the machine, hidden ones too',
  usage: ['[--all-types] [--columns LIST] [--sort COLUMN] [--tree[=ORDER]] [--from FILE]', '--names'],
  notes: [
    'Names, then the namespaces without a name (`-`): those that processes or threads are in, and those that only an open file, a\n' +
      'socket, a mount somewhere, or something on its way through a unix socket keeps alive; `netns why` tells which. The kernel’s\n' +
      'own list is read too, so that none is missing: the last line says so, or what could not be seen and why.',
    'A name that leads to no namespace is stale. Where there may be more processes than you may see, their number has a `+`.',
    `Columns: ${columnNames.join(', ')}.`,
  ],
  options: {
    names: { summary: 'the names alone, one on a line, as they are' },
    'all-types': { summary: 'namespaces of all eight types' },
    columns: { summary: 'show these columns, with commas between them', value: 'LIST' },
    sort: { summary: 'in the order of this column', value: 'COLUMN' },
    tree: { summary: 'as a tree: by owner (the default), parent or process', value: 'ORDER', valueIsOptional: true },
    ...fromOption,
  },
  examples: [
    ['netns ls', 'what there is'],
    ['netns ls --names', 'for scripts'],
    ['netns ls --json', 'for programs: each with its process ids, devices and keepers'],
    ['netns ls --columns name,inode,keepers', 'what keeps each'],
    ['netns ls --all-types --tree', 'namespaces of all types, below the user namespaces that own them'],
  ],
  otherWords: ['list', 'dir'],
  async run({ words, options, json, io }) {
    nothingMore(words);
    if (options.names) return writeNames(io, json);
    const allTypes = options['all-types'] === true;
    const columns = chooseColumns(options.columns, allTypes);
    const tree = options.tree === true ? 'owner' : options.tree;
    if (tree !== undefined && !treeOrders.includes(tree))
      throw new UsageError(`there is no tree by '${tree}': ${treeOrders.join(', ')}`);
    const wants = (...names: readonly string[]) =>
      json || [options.sort, ...columns.map(({ name }) => name)].some((name) => names.includes(name ?? ''));
    const { from, programs } = await askedOf(options.from);
    using progress = progressOn(io, 'processes looked at');
    const { namespaces, completeness } = await listNamespaces({
      ...io.names,
      types: allTypes || tree !== undefined ? namespaceTypes : ['net'],
      nsids: wants('nsid'),
      devices: wants('devices'),
      containers: wants('container', 'note'),
      // Of all types, some are known only as the owners of others.
      relations: allTypes || tree !== undefined || wants('id', 'owner', 'parent'),
      onProgress: progress?.tell,
      from,
    });
    progress?.[Symbol.dispose]();
    const incomplete = completeness.unseen.length > 0;
    const shown = namespaces.filter(({ type }) => allTypes || type === 'net');
    const rows = sortRows(shown, options.sort, programs);
    if (json) {
      writeJson(io, { namespaces: rows, completeness });
      return 0;
    }
    if (tree === undefined)
      writeTable(
        io,
        columns.map((column) => column.make(incomplete, programs)),
        rows,
      );
    else writeTree(io, allTypes ? namespaces : withAncestors(namespaces, rows, tree), tree, programs);
    io.stdout.write(`${styleFor(io).dim(escapeControls(completenessLine(completeness)))}\n`);
    return 0;
  },
});

function writeNames(io: Io, json: boolean): number {
  const names = listNames(io.names)
    .map(({ name }) => name)
    .sort();
  if (json) writeJson(io, names);
  else io.stdout.write(names.map((name) => `${name}\n`).join(''));
  return 0;
}

/** The rows, and those above them in the tree. */
function withAncestors(all: readonly Listed[], rows: readonly Listed[], order: string): readonly Listed[] {
  const above = new Map(all.flatMap((row) => (row.inode === undefined ? [] : [[row.inode, row] as const])));
  const kept = new Set<Listed>(rows);
  for (const row of rows) {
    let at = order === 'process' ? undefined : above.get(row.owner ?? -1);
    for (; at !== undefined && !kept.has(at); at = above.get(at.parent ?? -1)) kept.add(at);
  }
  return all.filter((row) => kept.has(row));
}

function writeTree(io: Io, rows: readonly Listed[], order: string, programs: Programs): void {
  io.stdout.write(
    treeOf(rows, order, programs)
      .map((line) => `${escapeControls(line)}\n`)
      .join(''),
  );
}
