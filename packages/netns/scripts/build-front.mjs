#!/usr/bin/env node
// Writes bin/netns: a shell script that hands `netns exec NAME COMMAND` to the static helper without starting Node (which takes
// forty times as long), and everything else to the command in TypeScript. The helper's steps are those of src/process/plan.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageDir = join(dirname(fileURLToPath(import.meta.url)), '..');
const { namedCommandWords } = await import('../dist/process/exec.js');
const { ipFailures, shellFailures } = await import('../dist/process/plan/failure-style.js');

/** Shell words, with the name and the command left to be filled in by the shell. */
function shellWords(style) {
  const words = namedCommandWords({ name: '@NAME@', command: '@COMMAND@', args: [] }, style).slice(0, -1);
  const quote = (word) =>
    `"${word
      .replace(/["$`\\]/g, '\\$&')
      .replaceAll('@NAME@', '$name')
      .replaceAll('@COMMAND@', '$1')}"`;
  return words.map((word) => (/^[\w/-]+$/.test(word) ? word : quote(word))).join(' ');
}

const script = `#!/bin/sh
# Made by scripts/build-front.mjs. \`netns exec NAME COMMAND\` goes straight to the static helper; all else to Node.
case $0 in */*) here=\${0%/*} ;; *) here=. ;; esac
# Here is bin/ itself, or a folder in which npm put a link to it.
for root in "$here/.." "$here/../netns" "$here/../lib/node_modules/netns" ""; do
  [ -f "$root/dist/cli/main.cjs" ] && break
done
if [ -z "$root" ]; then
  root=$(readlink -f "$0")
  root=\${root%/bin/*}
fi
[ "\${0##*/}" = ip ] && set -- ip "$@"

case $1 in
  exec) style=shell name=$2 words=3 ;;
  ip) style='' ; [ "$2" = netns ] && [ "$3" = exec ] && style=ip name=$4 words=5 ;;
  *) style='' ;;
esac
if [ -n "$style" ] && [ $# -ge $words ] && [ \${#name} -le 60 ]; then
  case $style$name in
    shell-* | shell | shell. | shell.. | ip | ip. | ip.. | */*) ;;
    *)
      machine=
      { read -r machine < /proc/sys/kernel/arch; } 2> /dev/null || machine=$(uname -m)
      case $machine in aarch64) arch=arm64 ;; *) arch=x64 ;; esac
      helper=$root/prebuilds/linux-$arch/nsexec
      if [ -x "$helper" ]; then
        if [ $style = ip ]; then
          shift 4
          exec "$helper" ${shellWords(ipFailures)} "$@"
        fi
        shift 2
        [ "$1" = -- ] && shift
        [ $# -gt 0 ] && exec "$helper" ${shellWords(shellFailures)} "$@"
        set -- exec "$name" --
      fi
      ;;
  esac
fi
case $1 in exec | ip) NETNS_SOFT_NOFILE=$(ulimit -Sn) && export NETNS_SOFT_NOFILE ;; esac
exec node "$root/dist/cli/main.cjs" "$@"
`;

mkdirSync(join(packageDir, 'bin'), { recursive: true });
writeFileSync(join(packageDir, 'bin/netns'), script, { mode: 0o755 });
