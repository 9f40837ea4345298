import type { TimelineEvent, WatchedObject } from '../../inspect/watch/timeline.ts';
import { defineVerb } from '../define-verb.ts';
import { escapeControls } from '../escape.ts';
import type { Io } from '../io.ts';
import { writeJson } from '../json.ts';
import { kindNamed, sayObject, sayPlace, type Values } from '../object-words.ts';
import { spareMemory } from '../spare-memory.ts';
import { type Style, styleFor } from '../style.ts';
import { UsageError } from '../verb.ts';

/** By the words that `--only` has for them. */
const kinds: Readonly<Record<string, WatchedObject>> = {
  namespaces: 'namespace',
  names: 'name',
  links: 'link',
  addresses: 'address',
  nexthops: 'nexthop',
  routes: 'route',
  rules: 'rule',
  neighbours: 'neighbour',
  fdb: 'fdb',
  sockets: 'socket',
  firewall: 'firewall',
  connections: 'connection',
};

export const verb = defineVerb({
  name: 'watch',
  summary: 'tell what happens in all network namespaces, until it is interrupted',
  usage: ['[NAME...] [--only KINDS] [--connections] [--initial] [--count N] [--seconds N]'],
  notes: [
    'One timeline: what is new or changed (`+`), gone (`-`), or was there when it was first looked (`=`), in every network namespace,\n' +
      'also in those that are made meanwhile; sockets that have closed; namespaces and names that come and go. None is kept alive.\n' +
      'Without names all are meant; a name is one of `netns ls`, or an inode as in `net:[4026532281]`.',
    `Kinds: ${Object.keys(kinds).join(', ')}.`,
    'If more happens than can be told, the kernel drops events: then `resync` stands on a line, all that is followed is told anew, and\n' +
      '`synchronized` is the end of that. Of IPv4 routes that go with their device the kernel says nothing: they are looked for.',
    'An ordinary user follows the network they are in, and namespaces of their own; `not seen` says what is left out.',
  ],
  options: {
    only: { summary: 'these kinds of things alone, with commas between them', value: 'KINDS' },
    connections: { summary: 'what firewalls keep track of, too: there may be very much of it' },
    initial: { summary: 'tell first what is there' },
    count: { summary: 'end after so many events', value: 'N', letter: 'c' },
    seconds: { summary: 'end after so many seconds', value: 'N' },
  },
  examples: [
    ['netns watch', 'everything'],
    ['netns watch web router --only links,routes', 'two namespaces, and what matters there'],
    ['netns watch --json | jq -c \'select(.object == "socket")\'', 'one JSON object on a line'],
  ],
  otherWords: ['timeline', 'tail'],
  async run({ words, options, json, io }) {
    const count = numberOf('count', options.count);
    const seconds = numberOf('seconds', options.seconds);
    const { usualObjects, watch } = await import('../../inspect/watch/watch.ts');
    const objects = options.only?.split(',').map((word) => kindNamed(kinds, word)) ?? usualObjects;
    const events = watch({
      ...io.names,
      objects: options.connections ? [...objects, 'connection'] : objects,
      ...(words.length > 0 && { namespaces: words }),
      initial: options.initial === true,
      ...(seconds !== undefined && { signal: AbortSignal.timeout(seconds * 1000) }),
    });
    const style = styleFor(io);
    let told = 0;
    if (count === 0) return 0;
    spareMemory();
    for await (const event of events) {
      if (json) writeJson(io, event);
      else writeEvent(io, style, event);
      if ('object' in event && ++told === count) break;
    }
    return 0;
  },
});

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`--${option} needs a whole number, not '${text}'`);
  return Number(text);
}

function writeEvent(io: Io, style: Style, event: TimelineEvent): void {
  const time = style.dim(event.time.toISOString().slice(11, 23));
  if (!('object' in event)) {
    const place = event.namespace === undefined ? '' : `${style.bold(escapeControls(sayPlace(event.namespace)))}  `;
    const objects = event.event === 'resync' && event.objects !== undefined ? ` ${event.objects.join(' ')}` : '';
    io.stdout.write(`${time}  ${place}${style.warn(`${event.event}${objects}`)}\n`);
    for (const what of event.event === 'synchronized' ? event.unseen : [])
      io.stdout.write(`${time}  ${style.warn(escapeControls(`not seen: ${what}`))}\n`);
    return;
  }
  const { sign, paint } = {
    present: { sign: '=', paint: style.dim },
    set: { sign: '+', paint: style.good },
    delete: { sign: '-', paint: style.bad },
  }[event.event];
  const device = 'device' in event ? event.device : undefined;
  const what = sayObject(event.object, event.value as Values, () => device);
  io.stdout.write(
    `${time}  ${style.bold(escapeControls(sayPlace(event.namespace)))}  ${paint(escapeControls(`${sign} ${what}`))}\n`,
  );
}
