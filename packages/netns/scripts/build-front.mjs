#!/usr/bin/env node
// Writes bin/netns: a shell script that hands the simplest forms of `netns exec`, `unshare` and `nsenter` to the static helper without
// starting Node (which takes forty times as long), and everything else to the command in TypeScript. The helper's steps are those of
// src/process/plan.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importSources } from './import-sources.mjs';
import { nodeOptions } from './node-options.mjs';

const packageDir = join(dirname(fileURLToPath(import.meta.url)), '..');
const { namedCommandWords } = await import('../dist/process/exec.js');
const { ipFailures, shellFailures } = await import('../dist/process/plan/failure-style.js');

/** The parts of the command that know the steps of `unshare` and `nsenter`; they need nothing native. */
const parts = {
  plan: ['process/plan/failure-style.ts', 'process/plan/order.ts', 'namespaces/type.ts'],
  unshare: ['cli/personalities/unshare/request.ts', 'cli/personalities/unshare/set-up.ts'],
  words: ['util-linux/style.ts', 'unshare/wording.ts', 'nsenter/wording.ts'].map((file) => `cli/personalities/${file}`),
};
const {
  namespaceFlags,
  nsenterMessage,
  nsexecWords,
  orderSteps,
  readRequest,
  setUpOf,
  unshareMessage,
  utilLinuxStyle,
} = await importSources(packageDir, Object.values(parts).flat());

/** Numbers that stand for what the shell knows: the flags of new namespaces, and the descriptor's number. */
const anyFlags = namespaceFlags.net;

/** Shell words, with what only the shell knows left for it to fill in; without the command itself. */
function quoteAll(words, unknown = {}) {
  const quote = (word) => {
    const escaped = word.replace(/["$`\\]/g, '\\$&');
    return `"${Object.entries(unknown).reduce((text, [from, to]) => text.replaceAll(from, to), escaped)}"`;
  };
  return words
    .slice(0, -1)
    .map((word) => (/^[\w/-]+$/.test(word) && !Object.hasOwn(unknown, word) ? word : quote(word)))
    .join(' ');
}

function shellWords(style, mounts = true) {
  const words = namedCommandWords(
    { name: '@NAME@', runDirectory: '/run/netns', command: '@COMMAND@', args: [], mounts },
    style,
  );
  return quoteAll(words, { '@NAME@': '$name', '@COMMAND@': '$1' });
}

/** New namespaces of any types but user, which needs no more; a mount namespace has one step of its own. */
function unshareWords(...options) {
  const steps = orderSteps(setUpOf(readRequest([...options, '--net', '@COMMAND@'])));
  const words = nsexecWords(steps, utilLinuxStyle('unshare', unshareMessage), '@COMMAND@', []);
  return quoteAll(words, {
    '@COMMAND@': '$1',
    [String(anyFlags | (options.length > 0 ? namespaceFlags.mnt : 0))]: '$flags',
  });
}

function nsenterWords(entry) {
  const steps = orderSteps({ parent: 'self', enter: [{ flags: anyFlags, ...entry }] });
  const words = nsexecWords(steps, utilLinuxStyle('nsenter', nsenterMessage), '@COMMAND@', []);
  return quoteAll(words, {
    '@COMMAND@': '$1',
    [String(anyFlags)]: '$flags',
    '@SUBJECT@': '$subject',
    '@TYPE@': '$type',
  });
}

const enterFile = nsenterWords({ by: 'file', take: ['open', '@SUBJECT@'], what: 'ns/@TYPE@' }).replace(
  'cannot open ns/$type',
  'cannot open $subject',
);
const enterProcess = nsenterWords({ by: 'pidfd', take: ['pidfd', '@SUBJECT@'], what: 'the target' });

/** The lines of a shell `case` that add up flags. */
const flagCases = Object.entries({ n: 'net', u: 'uts', i: 'ipc', m: 'mnt', C: 'cgroup' }).map(([letter, type]) => ({
  letter,
  type,
  word: type === 'mnt' ? 'mount' : type,
  flag: namespaceFlags[type],
}));
const addFlags = flagCases.map(({ letter, word, flag }) => `-${letter} | --${word}) flags=$((flags | ${flag})) ;;`);
const takeFile = flagCases.map(
  ({ type, word, flag }) => `--${word}=[!:=]*) flags=${flag} type=${type} subject=\${2#*=} ;;`,
);

const script = `#!/bin/sh
# Made by scripts/build-front.mjs. \`netns exec NAME COMMAND\` goes straight to the static helper; all else to Node.
case $0 in */*) here=\${0%/*} ;; *) here=. ;; esac
# Here is bin/ itself, or a folder in which npm put a link to it.
root=$here/..
[ -f "$root/dist/cli/main.cjs" ] || for root in "$here/../netns" "$here/../lib/node_modules/netns" ""; do
  [ -f "$root/dist/cli/main.cjs" ] && break
done
if [ -z "$root" ]; then
  root=$(readlink -f "$0")
  root=\${root%/bin/*}
fi
case \${0##*/} in
  ip | unshare | nsenter | lsns) set -- "\${0##*/}" "$@" ;;
  ip*) export NETNS_ARGV0="\${0##*/}" ;; # \`ipnetns list\` is \`ip netns list\`
esac

# Only the kernel for x86 has this file, and one look is quicker than reading another.
machine=x64
if [ ! -e /proc/sys/kernel/bootloader_type ]; then
  { read -r machine < /proc/sys/kernel/arch; } 2> /dev/null || machine=$(uname -m)
  case $machine in aarch64) machine=arm64 ;; *) machine=x64 ;; esac
fi
helper=$root/prebuilds/linux-$machine/nsexec

# The shell reads up to where it leaves: first what is compared with quick programs. Anything but the simplest forms is for Node.

if [ "$1:$2" = unshare:-n ] && [ -x "$helper" ]; then
  case $3 in [!-]*)
    shift 2
    flags=${namespaceFlags.net}
    exec "$helper" ${unshareWords()} "$@"
    ;;
  esac
fi

# A name, the first word of a command, and how many words that has.
simple() {
  case $1 in '' | -* | . | .. | */*) return 1 ;; esac
  [ \${#1} -le 60 ] && [ "$3" -ge 1 ] && { [ "$2" != -- ] || [ "$3" -ge 2 ]; } && [ -x "$helper" ]
}

# Whether it is a name of root's, and we are root: an ordinary user has others, which Node finds.
of_machine() {
  [ -O /run/netns ] && [ -e "/run/netns/$1" ]
}

case "$1 $2" in
  'exec --no-mounts')
    if simple "$3" "$4" $(($# - 3)) && of_machine "$3"; then
      name=$3
      shift 3
      [ "$1" = -- ] && shift
      exec "$helper" ${shellWords(shellFailures, false)} "$@"
    fi
    ;;
esac

# Options of unshare, and of nsenter -t PID, up to the command, and how many words that is.
flags=0 words=0 skip='' ready=''
case $1 in
  unshare) skip=1 ;;
  nsenter) [ "$2" = -t ] && case $3 in *[!0-9]* | 0* | '') ;; *) skip=3 ;; esac ;;
esac
if [ -n "$skip" ]; then
  for word do
    [ $((words += 1)) -le $skip ] && continue
    case $word in
      ${addFlags.join('\n      ')}
      -*) break ;;
      *) [ $flags = 0 ] || ready=$1 words=$((words - 1)); break ;;
    esac
  done
fi
[ -n "$ready" ] && [ ! -x "$helper" ] && ready=''

case $ready in
  unshare)
    shift $words
    if [ $((flags & ${namespaceFlags.mnt})) = 0 ]; then
      exec "$helper" ${unshareWords()} "$@"
    fi
    exec "$helper" ${unshareWords('--mount')} "$@"
    ;;
esac
case $1$ready in
  nsenter)
    type='' subject=''
    case $2 in
      ${takeFile.join('\n      ')}
    esac
    case $type$3 in -* | "$type" | "$type"-*) type='' ;; esac
    if [ -n "$type" ] && [ -x "$helper" ]; then
      shift 2
      exec "$helper" ${enterFile} "$@"
    fi
    ;;
  nsenternsenter)
    subject=$3
    if [ -d "/proc/$subject" ]; then
      shift $words
      exec "$helper" ${enterProcess} "$@"
    fi
    ;;
esac

case $1 in
  exec)
    if simple "$2" "$3" $(($# - 2)) && of_machine "$2"; then
      name=$2
      shift 2
      [ "$1" = -- ] && shift
      exec "$helper" ${shellWords(shellFailures)} "$@"
    fi
    ;;
esac
case "$1 $2 $3" in
  'ip netns exec')
    if simple "$4" '' $(($# - 4)); then
      name=$4
      shift 4
      exec "$helper" ${shellWords(ipFailures)} "$@"
    fi
    ;;
esac

# What starts programs tells them nothing of Node. The words of \`ip\` that do begin so: \`netns exec\`, \`-batch\`.
case $1 in exec | run | unshare | nsenter) starts=yes ;; ip) starts=$* ;; *) starts='' ;; esac
[ -n "$NETNS_ARGV0" ] && starts=yes
case $starts in
  yes | *' e'* | *' -b'* | *' --b'*)
    NETNS_SOFT_NOFILE=$(ulimit -Sn) && export NETNS_SOFT_NOFILE
    # Node would keep these from the command.
    NETNS_DESCRIPTORS=''
    for word in 3 4 5 6 7 8 9 11 12 13 14 15; do
      [ -e /proc/self/fd/$word ] && NETNS_DESCRIPTORS="$NETNS_DESCRIPTORS $word"
    done
    [ -n "$NETNS_DESCRIPTORS" ] && export NETNS_DESCRIPTORS
    ;;
  *) unset NODE_EXTRA_CA_CERTS ;; # Node reads all of them when it starts, and nobody needs them here
esac
exec node ${nodeOptions.join(' ')} "$root/dist/cli/main.cjs" "$@"
`;

/** Under names that nobody else has: a variable that is exported would change in the environment of the command, too. */
const variables = 'here root machine helper flags words word skip subject type ready name starts';
const own = (text) =>
  variables.split(' ').reduce((all, each) => {
    const places = [
      `(?<=\\$\\{?#?)${each}\\b`,
      `(?<![\\w"$/-])${each}(?==(?![ ]))`,
      `(?<=for |read -r |\\(\\()${each}\\b`,
    ];
    return all.replace(new RegExp(places.join('|'), 'g'), `netns_${each}`);
  }, text);

/** The shell reads it anew each time: without indents and remarks. */
const compact = (text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line, index) => index < 2 || (line !== '' && !line.startsWith('# ')))
    .join('\n');

mkdirSync(join(packageDir, 'bin'), { recursive: true });
writeFileSync(join(packageDir, 'bin/netns'), `${compact(own(script))}\n`, { mode: 0o755 });
