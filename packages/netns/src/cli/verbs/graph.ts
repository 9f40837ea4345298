import { completenessLine } from '../../inspect/completeness.ts';
import { dotOf } from '../../inspect/graph/dot.ts';
import { mermaidOf } from '../../inspect/graph/mermaid.ts';
import { svgOf } from '../../inspect/graph/svg.ts';
import { textOf } from '../../inspect/graph/text.ts';
import { type Topology, topology } from '../../inspect/topology.ts';
import { defineVerb } from '../define-verb.ts';
import { escapeControls } from '../escape.ts';
import { nothingMore } from '../few-words.ts';
import { askedOf, fromOption } from '../from.ts';
import { writeJson } from '../json.ts';
import { progressOn } from '../progress.ts';
import { UsageError } from '../verb.ts';

/** How a graph can be written. */
const formats: Readonly<Record<string, (found: Topology) => string>> = {
  text: (found) =>
    [...textOf(found), completenessLine(found.completeness)].map((line) => `${escapeControls(line)}\n`).join(''),
  mermaid: mermaidOf,
  dot: dotOf,
  svg: svgOf,
};

export const verb = defineVerb({
  name: 'graph',
  summary: 'show all networks of the machine, and what their devices lead to',
  usage: ['[--format FORMAT] [--from FILE]'],
  notes: [
    'Every network namespace with its devices and addresses, the other end of each veth, the bridge that a device belongs to, and\n' +
      'what it stands on; hidden namespaces too. Nothing changes in any of them.',
    `Formats: ${Object.keys(formats).join(', ')}.`,
  ],
  options: {
    format: { summary: 'how to write it; text unless told otherwise', value: 'FORMAT' },
    ...fromOption,
  },
  examples: [
    ['netns graph', 'as text'],
    ['netns graph --format svg > networks.svg', 'as a picture'],
    ['netns graph --format dot | dot -Tpng > networks.png', 'for Graphviz'],
    ['netns graph --json', 'for programs'],
  ],
  otherWords: ['topology', 'map', 'draw', 'tree'],
  async run({ words, options, json, io }) {
    nothingMore(words);
    const { format = 'text' } = options;
    const render = Object.hasOwn(formats, format) ? formats[format] : undefined;
    if (render === undefined)
      throw new UsageError(`there is no format '${format}': ${Object.keys(formats).join(', ')}`);
    const { from } = await askedOf(options.from);
    using progress = progressOn(io, 'processes looked at');
    const found = await topology({ ...io.names, onProgress: progress?.tell, from });
    progress?.[Symbol.dispose]();
    if (json) writeJson(io, found);
    else io.stdout.write(render(found));
    return 0;
  },
});
