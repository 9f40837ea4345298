import { monitorNames } from '../../namespaces/monitor.ts';
import type { RunDirectoryOptions } from '../../namespaces/name-directory.ts';
import { defineVerb } from '../define-verb.ts';
import { escapeControls } from '../escape.ts';
import { nothingMore } from '../few-words.ts';
import { writeJson } from '../json.ts';

export const verb = defineVerb({
  name: 'monitor',
  summary: 'tell when names come and go, until it is interrupted',
  usage: ['[--ids]'],
  notes: [
    '`add` when a name appears, `ready` when it can be used (a moment later), `delete` when it goes. With `--ids` also `id` and\n' +
      '`id-gone` (this namespace got an id for another; the other one ended), and `lost` if the kernel dropped some of these.\n' +
      'Each line is written at once, into a pipe as well.',
  ],
  options: { ids: { summary: 'tell of ids (nsid), too' } },
  examples: [
    ['netns monitor', 'watch'],
    ['netns monitor --json | jq -c \'select(.event == "ready")\'', 'one JSON object on a line'],
  ],
  otherWords: ['events', 'follow'],
  async run({ words, options, json, io }) {
    nothingMore(words);
    const tell = (event: string, values: Readonly<Record<string, string | number>>) => {
      if (json) writeJson(io, { event, ...values });
      else
        io.stdout.write(`${[event, ...Object.values(values).map((value) => escapeControls(`${value}`))].join(' ')}\n`);
    };
    await Promise.race([followNames(tell, io.names), ...(options.ids ? [followIds(tell)] : [])]);
    return 0;
  },
});

type Tell = (event: string, values: Readonly<Record<string, string | number>>) => void;

async function followNames(tell: Tell, place: RunDirectoryOptions): Promise<void> {
  for await (const { event, name } of monitorNames(place)) tell(event, { name });
}

async function followIds(tell: Tell): Promise<void> {
  const { nsidEventOf, subscribeToNsids } = await import('../nsid-events.ts');
  for await (const event of subscribeToNsids()) {
    const change = nsidEventOf(event);
    if (change === 'lost') tell('lost', {});
    else if (change) tell(change.gone ? 'id-gone' : 'id', { nsid: change.nsid });
  }
}
