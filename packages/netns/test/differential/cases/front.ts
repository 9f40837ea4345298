import { usage } from '../../../src/cli/personalities/ip/usage.ts';
import type { Case } from '../case.ts';

const newUsage = { since: '6.3', why: 'the usage text names stats and -echo', err: usage } as const;
const named = 'ip netns add a';

const missingValue = (what: string) =>
  ({ since: '6.9', why: 'a missing value is named', err: `Error: argument "${what}" is required\n` }) as const;

/** Options, objects and exit codes. */
export const frontCases: readonly Case[] = [
  { line: '', differs: newUsage },
  { line: 'help', differs: newUsage },
  { line: '-help', differs: newUsage },
  { line: '-h', differs: newUsage },
  { line: '- link', differs: newUsage },
  { line: '-f help link', differs: newUsage },
  { line: '-V', differs: { since: '7.1', why: 'the version', out: 'ip utility, iproute2-7.1.0, netns\n' } },
  { line: '-V foo', differs: { since: '7.1', why: 'the version', out: 'ip utility, iproute2-7.1.0, netns\n' } },
  { line: '-foo' },
  { line: '--foo' },
  { line: '--- link' },
  { line: '-e netns' },
  { line: '-echo netns' },
  { line: '-ver' },
  { line: 'foo' },
  { line: "''" },
  { line: '-loops', differs: missingValue('loop count') },
  { line: '-f', differs: missingValue('family type') },
  { line: '-b', differs: missingValue('batch file') },
  { line: '-rc', differs: missingValue('rcvbuf size') },
  { line: '-rcvbuf x link' },
  { line: '-rcvbuf -1 link' },
  { line: '-rcvbuf 0x10000 netns' },
  { line: '-family foo link' },
  { line: '-loops x netns' },
  { line: '-n' },
  { line: '-n nope link' },
  { line: "-n '' link" },
  { line: '-n a/b link', setup: named },
  { line: '-n . link' },
  { line: '-n 1 link' },
  { line: '-n nope -foo' },
  { line: '-n stale netns', setup: 'touch /run/netns/stale' },
  { line: '-n ../netns/a link', setup: named },
  { line: '-netns a link', setup: named },
  { line: '-n a -n b link', setup: 'ip netns add a; ip netns add b' },
  { line: '-n a -n nope link', setup: named },
  { line: '-- netns', setup: named },
  { line: '-4 -6 -st -det -res -one -tim -tsh -Num -hu -iec -br netns', setup: named },
  { line: '-al netns identify a/b' },
  { line: '-c=foo link' },
  { line: '-color=alw link' },
  { line: '-c link' },
  { line: '-c= link' },
  { line: '-colo=auto link' },
  { line: '-color=never link' },
  { line: '-c -j link' },
  { line: "COLORFGBG='15;0' $IP -c link" },
  { line: "COLORFGBG='0;15' $IP -c link" },
  {
    line: 'NO_COLOR=1 $IP -c netns',
    setup: named,
  },
  {
    line: 'NO_COLOR=1 $IP -c link',
    differs: { since: '6.15', why: 'NO_COLOR forbids colour', out: /^1: lo: <LOOPBACK> mtu/ },
  },
  { line: 'xf' },
  {
    line: '-r address',
    differs: {
      better: 'what is not implemented is said to be so',
      out: '',
      err: 'The option "-resolve" is not implemented by netns yet\n',
      code: 1,
    },
  },
  {
    line: '-echo link set lo up',
    changes: true,
    differs: {
      better: 'what is not implemented is said to be so',
      out: '',
      err: 'The option "-echo" is not implemented by netns yet\n',
      code: 1,
      state: 'differs',
    },
  },
];
