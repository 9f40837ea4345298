import { namespaceTypes } from '../../namespaces/type.ts';
import { ipObjects } from '../ip-objects.ts';
import { lsnsOptions, lsnsSentence } from '../personalities/lsns/options.ts';
import { nsenterOptions, nsenterSentence } from '../personalities/nsenter/options.ts';
import { unshareOptions, unshareSentence } from '../personalities/unshare/options.ts';

/** The programs that `netns` can be, with their tables. */
export const programs = {
  unshare: { summary: plain(unshareSentence), options: unshareOptions, place: { kind: 'command' } },
  nsenter: { summary: plain(nsenterSentence), options: nsenterOptions, place: { kind: 'command' } },
  lsns: {
    summary: plain(lsnsSentence),
    options: {
      ...lsnsOptions,
      type: { ...lsnsOptions.type, value: namespaceTypes.join('|') },
      output: { ...lsnsOptions.output, value: 'COLUMNS' },
    },
    place: { kind: 'nothing' },
  },
  ip: {
    summary: 'as ip(8)',
    options: {},
    place: { kind: 'words', words: ['netns', 'monitor', ...Object.keys(ipObjects)] },
  },
  tc: { summary: 'as tc(8)', options: {}, place: { kind: 'words', words: ['qdisc', 'class'] } },
  ...Object.fromEntries(
    Object.entries(ipObjects).map(([object, commands]) => [
      object,
      { summary: `as ip ${object}`, options: {}, place: { kind: 'words', words: commands } } as const,
    ]),
  ),
} as const;

function plain(sentence: string): string {
  return sentence.replace(/\.$/, '').replace(/^./, (letter) => letter.toLowerCase());
}
