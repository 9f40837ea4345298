import { factsOf, linkAt, titleOf } from '../../inspect/graph/model.ts';
import { type LinkEnd, type Topology, type TopologyLink, topology } from '../../inspect/topology.ts';
import { defineVerb } from '../define-verb.ts';
import { escapeControls } from '../escape.ts';
import { oneName } from '../few-words.ts';
import { askedOf, fromOption } from '../from.ts';
import { writeJson } from '../json.ts';
import { note } from '../report.ts';

export const verb = defineVerb({
  name: 'peer',
  summary: 'tell what is at the other end of a device',
  usage: ['[NAME:]DEVICE [--from FILE]'],
  notes: [
    'The other end of a veth, wherever it is; else what the device stands on, or belongs to. Without a name the device is one of\n' +
      'this namespace. A name is one of `netns ls`, or an inode: `net:[4026532281]:eth0`.',
  ],
  options: fromOption,
  examples: [
    ['netns peer eth0', 'of this namespace'],
    ['netns peer blue:eth0', 'of another'],
  ],
  otherWords: ['other-end', 'cable'],
  async run({ words, options, json, io }) {
    const word = oneName(words);
    const { from } = await askedOf(options.from);
    const found = await topology({ ...io.names, from });
    const colon = word.lastIndexOf(':');
    const place = colon < 0 ? undefined : word.slice(0, colon);
    const name = word.slice(colon + 1);
    const namespace = found.namespaces.find(({ names, key, current }) =>
      place === undefined ? current : key === place || names.includes(place),
    );
    const link = namespace?.links.find((each) => each.name === name);
    if (namespace === undefined || link === undefined) {
      note(
        io,
        namespace === undefined
          ? `there is no namespace ${place}, or it may not be seen`
          : `there is no device ${name} in ${titleOf(namespace)}`,
      );
      return 1;
    }
    const ends = [
      ...endsOf(namespace.key, link).map(({ relation, end }) => ({ relation, ...describeEnd(found, end) })),
      ...underlayOf(found, link),
    ];
    if (json) writeJson(io, ends);
    else
      for (const { relation, namespace: where, title, device, facts } of ends)
        io.stdout.write(
          `${escapeControls([relation, device, `${device === undefined ? '' : 'of '}${title}`, where === title ? '' : where, facts].filter(Boolean).join('  '))}\n`,
        );
    return 0;
  },
});

function endsOf(namespace: string, { peer, below, master }: TopologyLink): { relation: string; end: LinkEnd }[] {
  return [
    ...(peer === undefined ? [] : [{ relation: 'peer', end: peer }]),
    ...(below === undefined ? [] : [{ relation: 'on', end: below }]),
    ...(master === undefined ? [] : [{ relation: 'in', end: { namespace, index: master } }]),
  ];
}

/** Where a tunnel sends its packets, if that is all that is known of what it stands on. */
function underlayOf({ namespaces }: Topology, { underlay, below }: TopologyLink) {
  if (underlay === undefined || below !== undefined) return [];
  const place = namespaces.find(({ key }) => key === underlay);
  const title = place === undefined ? underlay : titleOf(place);
  return [{ relation: 'through', namespace: underlay, title, index: undefined, device: undefined, facts: '' }];
}

function describeEnd(found: Topology, end: LinkEnd) {
  const at = linkAt(found, end);
  return {
    namespace: end.namespace,
    title: at === undefined ? end.namespace : titleOf(at.in),
    index: end.index,
    device: at?.link.name ?? `device ${end.index}`,
    facts: at === undefined ? '' : factsOf(at.link),
  };
}
