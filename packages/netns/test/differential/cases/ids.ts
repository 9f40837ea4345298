import type { Case } from '../case.ts';

const two = 'ip netns add a; ip netns add b';
/** The kernel takes a namespace apart a while after its end, and only then is its id free. */
const freed = (id: number) =>
  `for i in $(seq 500); do ip netns list-id | grep -q "nsid ${id} " || break; sleep 0.02; done`;
const ids = `${two}; ip netns set a 5; ip netns set b 22; ip -n a netns set b 3`;

/** `ip netns` set and list-id. */
export const idCases: readonly Case[] = [
  { line: 'netns set' },
  { line: 'netns se' },
  { line: 'netns set a' },
  { line: 'netns set a x', setup: two },
  { line: 'netns set a 5x', setup: two },
  { line: "netns set a ''", setup: two },
  { line: 'netns set a -1', setup: two },
  { line: 'netns set a 99999999999', setup: two },
  { changes: true, line: 'netns set a 0x10', setup: two },
  { changes: true, line: 'netns set a 010', setup: two },
  { changes: true, line: 'netns set a auto', setup: two },
  { line: 'netns set a 5', setup: ids },
  { line: 'netns set a auto', setup: ids },
  { line: 'netns set b 5', setup: `${two}; ip netns set a 5` },
  { line: 'netns set stale 5', setup: 'touch /run/netns/stale' },
  { changes: true, line: '-n a netns set b 9', setup: two },
  { line: 'netns set nope 3' },
  { changes: true, line: '$IP netns set $$ 7 2>&1 | sed "s/$$/PID/"; $IP netns list-id' },
  { line: 'netns list-id' },
  { line: '-j netns list-id' },
  { line: '-j -p netns list-id' },
  { line: 'netns list-id', setup: ids },
  { line: 'netns list-i', setup: ids },
  { line: '-j netns list-id', setup: ids },
  { line: '-p -j netns list-id', setup: ids },
  { line: 'netns list-id', setup: `${ids}; ip netns del a; ${freed(5)}` },
  { line: 'netns list-id nsid 5', setup: ids },
  { line: '-j netns list-id nsid 0x5', setup: ids },
  { line: 'netns list-id nsid 6', setup: ids },
  { line: '-j netns list-id nsid 6', setup: ids },
  { line: 'netns list-id target-nsid 5', setup: ids },
  { line: '-j netns list-id target-nsid 5', setup: ids },
  { line: 'netns list-id target-nsid 5 nsid 22', setup: ids },
  { line: 'netns list-id nsid 5 target-nsid 5', setup: ids },
  { line: '-j netns list-id nsid 5 target-nsid 5', setup: ids },
  { line: 'netns list-id target-nsid 6', setup: ids },
  { line: '-j netns list-id target-nsid 6', setup: ids },
  { line: 'netns list-id nsid', setup: ids },
  { line: 'netns list-id nsid x', setup: ids },
  { line: 'netns list-id nsid 5 nsid 5', setup: ids },
  { line: 'netns list-id target-nsid 5 target-nsid 5', setup: ids },
  { line: 'netns list-id ns 5', setup: ids },
  { line: 'netns list-id foo', setup: 'touch /run/netns/stale' },
  {
    line: 'netns list-id nsid -1',
    differs: {
      better: 'the wrong value is named',
      err: 'Error: argument "-1" is wrong: "nsid" value should be >= 0\n',
    },
  },
  {
    line: 'netns list-id target-nsid -1 nsid 5',
    differs: {
      better: 'the wrong value is named',
      err: 'Error: argument "-1" is wrong: "target-nsid" value should be >= 0\n',
    },
  },
];
