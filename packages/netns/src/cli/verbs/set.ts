import { openNamespace } from '../../namespaces/reference.ts';
import { defineVerb } from '../define-verb.ts';
import { nothingMore } from '../few-words.ts';
import { giveNsid } from '../give-nsid.ts';
import { writeJson } from '../json.ts';
import { nsidArgument } from '../nsid-argument.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'set',
  summary: 'give a namespace an id (nsid) here',
  usage: ['NAME ID|auto'],
  notes: [
    'The id is a number by which this namespace, and no other, knows that one. It stays for as long as the namespace lives.\n' +
      'With `auto` it is the lowest free one, and is printed.',
  ],
  options: {},
  examples: [
    ['netns set blue 7', 'know blue as 7'],
    ['id=$(netns set blue auto)', 'know it by some number'],
  ],
  otherWords: ['id', 'set-id'],
  async run({ words, json, io }) {
    const [name, word, ...rest] = words;
    if (name === undefined || word === undefined) throw new UsageError('a name and an id are needed');
    nothingMore(rest);
    const id = nsidArgument(word);
    using namespace = openNamespace(name, 'net', io.names);
    const nsid = await giveNsid(name, namespace, id);
    if (json) writeJson(io, { name, nsid });
    else if (id === 'auto') io.stdout.write(`${nsid}\n`);
    return 0;
  },
});
