import { closest } from '../../closest.ts';
import { defineVerb } from '../define-verb.ts';
import { nothingMore } from '../few-words.ts';
import { allVerbs } from '../help/all-verbs.ts';
import { helpText, overviewText } from '../help/help-text.ts';
import type { Io } from '../io.ts';
import { writeJson } from '../json.ts';
import { note } from '../report.ts';
import { UsageError, type Verb } from '../verb.ts';

export const verb = defineVerb({
  name: 'help',
  summary: 'tell about the verbs, or about one',
  usage: ['[VERB]'],
  notes: [],
  options: {},
  examples: [['netns help add', 'what `add` does, with its options and examples']],
  otherWords: ['man', 'usage'],
  async run({ words, json, io }) {
    const [word, ...rest] = words;
    nothingMore(rest);
    if (word === undefined) {
      if (json) writeJson(io, verbs);
      else io.stdout.write(overviewText(verbs));
      return 0;
    }
    const found = verbs.find(({ name }) => name === word);
    if (found === undefined) throw new UsageError(unknownVerb(word));
    if (json) writeJson(io, found);
    else io.stdout.write(helpText(found));
    return 0;
  },
});

const verbs: readonly Verb[] = [...allVerbs, verb];

/** What to say about a word that is no verb. */
function unknownVerb(word: string): string {
  const meant =
    verbs.find(({ otherWords }) => otherWords.includes(word))?.name ??
    closest(
      word,
      verbs.map(({ name }) => name),
    );
  return `there is no verb '${word}'${meant === undefined ? '' : `; did you mean '${meant}'?`}`;
}

/** What the command does with a first word that it does not know. */
export function complainAbout(word: string, io: Io): number {
  note(io, word.startsWith('-') ? `unknown option '${word}'` : unknownVerb(word));
  io.stderr.write("try 'netns help'\n");
  return 2;
}
