import { failure, invalidArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { type Part, value } from '../../show/fields.ts';
import { isPrefix } from '../../words.ts';
import { type LinkView, linkName } from '../view.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { numberRow, readWords } from './parse.ts';

const usage = `\
Usage:	ip link add name NAME type hsr slave1 SLAVE1-IF slave2 SLAVE2-IF
	[ interlink INTERLINK-IF ] [ supervision ADDR-BYTE ] [ version VERSION ]
	[ proto PROTOCOL ]

NAME
	name of new hsr device (e.g. hsr0)
SLAVE1-IF, SLAVE2-IF
	the two slave devices bound to the HSR device
INTERLINK-IF
	the interlink device bound to the HSR network to connect SAN device(s)
ADDR-BYTE
	0-255; the last byte of the multicast address used for HSR supervision
	frames (default = 0)
VERSION
	0,1; the protocol version to be used. (default = 0)
PROTOCOL
	0 - HSR, 1 - PRP. (default = 0 - HSR)
`;

type Data = DataOf<'hsr'>;
type Draft = DraftOf<'hsr'>;
type Row = OptionRow<Draft, KindContext>;
type Port = 'slave1' | 'slave2' | 'interlink';

const port = (words: string, name: Port): Row => ({
  words,
  apply: (draft, take, { lookup }) => {
    const word = take();
    draft[name] = lookup.indexOf(word);
    if (draft[name] === 0) throw invalidArgument(word, 'No such interface');
  },
});

const rows: readonly Row[] = [
  numberRow(
    'supervision*',
    8,
    (draft, byte) => {
      draft.multicastSpec = byte;
    },
    'ADDR-BYTE is invalid',
  ),
  numberRow(
    'version*',
    8,
    (draft, version) => {
      draft.version = version;
    },
    'version is invalid',
  ),
  numberRow(
    'proto*',
    8,
    (draft, protocol) => {
      draft.protocol = protocol;
    },
    'protocol is invalid',
  ),
  port('slave1*', 'slave1'),
  port('slave2*', 'slave2'),
  port('interlink', 'interlink'),
];

const shownPort = (name: Port, missing: null | undefined): Part<Data, LinkView> =>
  value(
    name,
    (port) => `${name} ${port ?? '<none>'} `,
    ({ [name]: index }, view) => (index === undefined ? missing : linkName(view, index)),
  );

const describe: readonly Part<Data, LinkView>[] = [
  shownPort('slave1', null),
  shownPort('slave2', null),
  shownPort('interlink', undefined),
  value('seq_nr', 'sequence % ', (data) => data.seqNr),
  value('supervision_addr', 'supervision % ', (data) => data.supervisionAddr),
  value('proto', 'proto % ', (data) => data.protocol),
  value('version', 'version % ', (data) => data.version),
];

/** A ring, or two networks side by side, as one link: `ip link add NAME type hsr slave1 DEV slave2 DEV`. */
export const hsr: Kind<Data, Draft> = {
  kind: 'hsr',
  usage,
  describe,
  parse: (words, context) =>
    readWords<Draft>(rows, words, {}, context, (word) =>
      failure(isPrefix(word, 'help') ? usage.trimEnd() : `hsr: what is "${word}"?\n${usage.trimEnd()}`),
    ),
};
