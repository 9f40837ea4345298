import type { Case } from '../case.ts';

const zoo = `ip link add v0 type veth peer name v1
ip addrlabel add prefix fd00::/64 label 7; ip addrlabel add prefix fd01::/64 dev v0 label 8`;

const show = '; ip addrlabel list';

/** `ip addrlabel` list, add, del, flush. */
export const addrlabelCases: readonly Case[] = [
  ...[
    'addrlabel',
    'addrl l',
    'addrlabel show',
    '-c=always addrlabel',
    '-j addrlabel',
    '-j -p addrlabel list',
    '-4 addrlabel',
    '-6 addrlabel',
    'addrlabel foo',
    'addrlabel add prefix fd00::/64 label 7',
    'addrlabel add prefix fd02::/64',
    'addrlabel add label 7',
    'addrlabel add prefix fd02::/64 label 4294967295',
    'addrlabel del prefix fd02::/64 label 0xffffffff',
    'addrlabel add prefix fd02::/64 label 4294967296',
    'addrlabel add prefix foo label 7',
    'addrlabel add prefix',
    'addrlabel add prefix fd03::/64 label foo',
    'addrlabel add prefix fd03::/64 label 7 dev nope',
    'addrlabel add foo',
    'addrlabel del prefix fd00::/64',
    'addrlabel del prefix fd09::/64 label 7',
  ].map((line): Case => ({ line, setup: zoo })),
  ...[
    'addrlabel add prefix fd02::/48 label 9',
    'addrlabel add prefix fd02::/48 dev v1 label 0x10 foo',
    'addrlabel del prefix fd00::/64 label 7',
    'addrlabel del prefix ::1/128 label 0',
    'addrlabel flush',
  ].map((line): Case => ({ line: `$IP ${line}${show}`, setup: zoo, changes: true })),
  {
    line: 'addrlabel add prefix 10.0.0.0/8 label 8',
    setup: zoo,
    differs: {
      better: 'what is wrong with the prefix is said',
      err: 'Error: inet6 prefix is expected rather than "10.0.0.0/8".\n',
      code: 1,
    },
  },
];
