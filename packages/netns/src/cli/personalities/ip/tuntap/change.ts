import { readFileSync } from 'node:fs';
import { errnoMessage } from '../../../../errno.ts';
import { inChild } from '../../../../native/child.ts';
import { AT_FDCWD, CLONE_NEWNET, O_CLOEXEC, O_RDWR } from '../../../../native/constants.ts';
import { Fd } from '../../../../native/fd.ts';
import { inNamespace } from '../../../../native/passage.ts';
import type { SyscallStep } from '../../../../native/syscall.ts';
import { duplicateOrGarbage, failure, invalidArgument, misuse } from '../exit.ts';
import { type Grammar, type OptionRow, readOptions } from '../grammar.ts';
import type { Session } from '../session.ts';
import { isPrefix, Words } from '../words.ts';
import { tuntapHelp } from './usage.ts';

/** Flags of a device (IFF_*, `linux/if_tun.h`). EXCL: it must be new. */
const flags = {
  tun: 0x1,
  tap: 0x2,
  multi_queue: 0x100,
  no_pi: 0x1000,
  one_queue: 0x2000,
  vnet_hdr: 0x4000,
  excl: 0x8000,
};
const TUNSETIFF = 0x400454ca;
const TUNSETPERSIST = 0x400454cb;
const TUNSETOWNER = 0x400454cc;
const TUNSETGROUP = 0x400454ce;

interface Draft {
  flags: number;
  name?: string;
  user?: number | undefined;
  group?: number | undefined;
}

const largest = (1n << 63n) - 1n;

/** A user or group by number, as C reads one and the kernel takes it, or by the name that the file has for it. The number of nobody is none. */
function idOf(word: string, kind: 'user' | 'group'): number | undefined {
  const number = /^\s*[+-]?[0-9]+$/.test(word) ? BigInt(word.replace('+', '')) : undefined;
  if (number !== undefined) {
    const id = Number(BigInt.asUintN(32, number > largest ? largest : number));
    return id === 0xffffffff ? undefined : id;
  }
  const file = readFileSync(kind === 'user' ? '/etc/passwd' : '/etc/group', 'utf8');
  const entry = file.split('\n').find((line) => line.startsWith(`${word}:`));
  if (entry === undefined) throw misuse(`invalid ${kind} "${word}"\n`);
  return Number(entry.split(':')[2]);
}

const flag = (word: 'one_queue' | 'vnet_hdr' | 'multi_queue'): OptionRow<Draft, undefined> => ({
  words: `${word}*`,
  apply: (draft) => {
    draft.flags |= flags[word];
  },
});

const grammar: Grammar<Draft, undefined> = {
  rows: [
    {
      words: 'mode*',
      apply: (draft, take) => {
        const word = take();
        const mode = (['tun', 'tap'] as const).find((each) => isPrefix(word, each));
        if (mode === undefined) throw misuse(`Unknown tunnel mode "${word}"\n`);
        if ((draft.flags & (flags.tun | flags.tap) & ~flags[mode]) !== 0) {
          throw misuse('You managed to ask for more than one tunnel mode.\n');
        }
        draft.flags |= flags[mode];
      },
    },
    {
      words: 'user*',
      apply: (draft, take) => {
        draft.user = idOf(take(), 'user');
      },
    },
    {
      words: 'group*',
      apply: (draft, take) => {
        draft.group = idOf(take(), 'group');
      },
    },
    {
      words: 'pi*',
      apply: (draft) => {
        draft.flags &= ~flags.no_pi;
      },
    },
    flag('one_queue'),
    flag('vnet_hdr'),
    flag('multi_queue'),
    { words: 'dev*', apply: (draft, take) => setName(draft, take(), 'dev') },
  ],
  otherwise(draft, word, take) {
    if (isPrefix(word, 'help')) tuntapHelp();
    const name = isPrefix(word, 'name') ? take() : word;
    if (draft.name !== undefined) throw duplicateOrGarbage('name', name);
    setName(draft, name, 'name');
  },
};

/** Whose a device is counts only when it is made: then the words for it are words like others. */
const nobodys: typeof grammar = {
  ...grammar,
  rows: grammar.rows.filter(({ words }) => words !== 'user*' && words !== 'group*'),
};

function setName(draft: Draft, word: string, option: 'dev' | 'name'): void {
  if (word === '' || Buffer.byteLength(word) > 15 || /[/\s]/.test(word)) {
    throw invalidArgument(word, `"${option}" not a valid ifname`);
  }
  draft.name = word;
}

/** `ip tuntap add …`, and `ip tuntap del …`, which opens the device and lets it end with that. */
export function changeTuntap(session: Session, words: readonly string[], persist: boolean): number {
  const draft: Draft = { flags: flags.no_pi };
  readOptions(persist ? grammar : nobodys, new Words(words), draft, undefined);
  if ((draft.flags & (flags.tun | flags.tap)) === 0) throw failure('You failed to specify a tunnel mode');
  // struct ifreq: the name, then the flags
  const request = Buffer.alloc(40);
  request.write(draft.name ?? '');
  request.writeUInt16LE(persist ? draft.flags | flags.excl : draft.flags, 16);
  const file = { result: 0 };
  const owners: readonly (readonly [number, string, number | undefined])[] = persist
    ? [
        [TUNSETOWNER, 'TUNSETOWNER', draft.user],
        [TUNSETGROUP, 'TUNSETGROUP', draft.group],
      ]
    : [];
  const settings = owners.filter(([, , id]) => id !== undefined);
  const titles = [
    'open',
    'ioctl(TUNSETIFF)',
    ...settings.map(([, title]) => `ioctl(${title})`),
    'ioctl(TUNSETPERSIST)',
  ];
  const steps: SyscallStep[] = [
    ['openat', AT_FDCWD, '/dev/net/tun', O_RDWR | O_CLOEXEC, 0],
    ['ioctl', file, TUNSETIFF, request],
    ...settings.map(([number, , id]): SyscallStep => ['ioctl', file, number, id ?? 0]),
    ['ioctl', file, TUNSETPERSIST, Number(persist)],
  ];
  const { namespace } = session;
  const operation = 'change a tun device';
  const { results, failed } =
    namespace === undefined ? inChild(operation, steps) : inNamespace(namespace.fd, CLONE_NEWNET, operation, steps);
  const [opened] = results;
  if (opened !== undefined) Fd.adopt(opened, 'a tun device').close();
  if (failed !== undefined) throw failure(`${titles[failed.step] ?? 'setns'}: ${errnoMessage(failed.errno)}`);
  return 0;
}
