import { snapshotFacts } from '../../inspect/snapshot/take.ts';
import { formatFact } from '../../inspect/snapshot/text.ts';
import { writeSnapshot } from '../../inspect/snapshot/write.ts';
import { defineVerb } from '../define-verb.ts';
import { nothingMore } from '../few-words.ts';
import { progressOn } from '../progress.ts';

export const verb = defineVerb({
  name: 'snapshot',
  summary: 'write down every namespace and network of the machine, to ask or compare it later',
  usage: ['[--write FILE]'],
  notes: [
    'All namespaces of all types with what keeps them, and of every network its devices, addresses, routes, rules, nexthops,\n' +
      'neighbours, sockets that listen and firewall: one fact in JSON on each line. Nothing changes anywhere. The file appears\n' +
      'when it is whole.',
    'ls, why, leaks, peer, graph and listen answer from it with `--from FILE`; `netns diff FILE` tells what has changed since.',
  ],
  options: { write: { summary: 'into this file, instead of standard output', value: 'FILE', letter: 'w' } },
  examples: [
    ['netns snapshot -w before.jsonl', 'keep what there is'],
    ['netns snapshot | zstd > before.zst', 'into a pipe'],
  ],
  otherWords: ['freeze', 'record'],
  async run({ words, options, io }) {
    nothingMore(words);
    using processes = progressOn(io, 'processes looked at');
    using networks = progressOn(io, 'networks looked into');
    const looking = { ...io.names, onProgress: processes?.tell, onNetwork: networks?.tell };
    if (options.write !== undefined) await writeSnapshot(options.write, looking);
    else for await (const fact of snapshotFacts(looking)) io.stdout.write(`${formatFact(fact)}\n`);
    return 0;
  },
});
