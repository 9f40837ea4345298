import { invalidArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { NameTable } from '../../name-table.ts';
import { parseUnsigned } from '../../numbers.ts';
import { type Part, value } from '../../show/fields.ts';
import type { LinkView } from '../view.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { readWords, unknownWord } from './parse.ts';

const usage = 'Usage: ... vrf table TABLEID\n';

type Data = DataOf<'vrf'>;
type Draft = DraftOf<'vrf'>;

/** Routing tables by name: `/etc/iproute2/rt_tables`. */
const tables = () => new NameTable('rt_tables', { 253: 'default', 254: 'main', 255: 'local' });

const rows: readonly OptionRow<Draft, KindContext>[] = [
  {
    words: 'table*',
    apply: (draft, take) => {
      const word = take();
      const table = word === 'all' ? 0 : (tables().numberOf(word) ?? parseUnsigned(word, 32));
      if (table === undefined) throw invalidArgument(word, 'invalid table ID\n');
      draft.table = table;
    },
  },
];

const describe: readonly Part<Data, LinkView>[] = [value('table', 'table % ', (data) => data.table)];

/** Links with a routing table of their own: `ip link add NAME type vrf table NUMBER`. */
export const vrf: Kind<Data, Draft> = {
  kind: 'vrf',
  usage,
  describe,
  parse: (words, context) =>
    readWords<Draft>(rows, words, {}, context, (word) => unknownWord(word, `vrf: unknown option "${word}"?`, usage)),
};

/** A link in such a domain: shown only. */
export const vrfMember: Kind<Data> = { kind: 'vrf_slave', usage: '', describe };
