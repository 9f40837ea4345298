#!/usr/bin/env node
/**
 * Captures what the installed `tc` sends for its words, and what it shows of it, as scenes for the tests of `netns tc`.
 *
 *     node tools/capture-tc.mjs packages/netns/test/tc/filters.json      capture all scenes of the file anew, in place
 *
 * A scene has `lines` that change something and `shows` that look at it. To add one, add its words at the end of the file
 * (`{"lines": [["qdisc add dev v0 clsact"]], "shows": [["qdisc show dev v0"]]}`): `v0` becomes a device of its own, whose name
 * and index say which scene it is (`d7`, 114); `v1` is there for all. Needs root, unshare, strace, and a kernel that has the
 * kinds. All is done by three processes, so that it can also run on an emulated machine. What fails is told and left out.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** RTM_NEWQDISC to RTM_GETACTION, and chains: the messages of tc. */
const isTraffic = (type) => (type >= 36 && type <= 50) || (type >= 100 && type <= 102);
/** Shown between any two shows, so that the output can be taken apart. */
const mark = 'qdisc show dev mark';
const marked = /qdisc pfifo beef: .*\n(?: Sent .*\n backlog .*\n)?|\[\{"kind":"pfifo","handle":"beef:".*\n/;

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: capture-tc FILE');
  process.exit(2);
}
const scenes = JSON.parse(readFileSync(file, 'utf8')).map(({ lines, shows }, at) => {
  const own = ([line]) => line.replaceAll(/\b(v0|d\d+)\b/g, `d${at}`);
  return { lines: lines.map(own), shows: shows.map(own) };
});
const folder = mkdtempSync(join(tmpdir(), 'capture-tc-'));
try {
  writeFileSync(file, `${JSON.stringify(capture(), null, 1)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

function capture() {
  const path = (name) => join(folder, name);
  const read = (name) => readFileSync(path(name), 'utf8');
  const commands = scenes.flatMap(({ lines, shows }) => [...lines, ...shows]);
  writeFileSync(path('batch'), [mark, ...commands.flatMap((command) => [command, mark]), ''].join('\n'));
  const links = scenes.map((_, at) => link(`d${at}`, 100 + 2 * at));
  writeFileSync(path('links'), [link('v0', 50), link('mark', 60), ...links, ''].join('\n'));
  const run = (prefix, options, name) =>
    spawnSync(
      'unshare',
      [
        '-n',
        'sh',
        '-c',
        `ip -batch ${path('links')} && tc qdisc add dev mark root handle beef: pfifo limit 77 &&
          ${prefix} tc ${options} -force -batch ${path('batch')} >${path(name)} 2>${path('errors')}`,
      ],
      { stdio: 'inherit' },
    );
  run('', '', 'plain');
  run('', '-j -s -d', 'json');
  run(`strace -o ${path('trace')} -e trace=sendmsg,recvmsg -e read=all -e write=all`, '-s -d', 'detailed');
  console.error(read('errors'));
  const texts = ['detailed', 'plain', 'json'].map((name) => read(name).split(marked).slice(1));
  const said = turns(read('trace'));
  let at = 0;
  return scenes.map(({ lines, shows }) => ({
    lines: lines.map((words) => [words, said[at++]?.sendmsg.at(-1) ?? '']),
    shows: shows.map((words) => [words, ...texts.map((each) => each[at]), said[at++]?.recvmsg ?? []]),
  }));
}

function link(name, index) {
  return `link add ${name} index ${index} numtxqueues 4 up type veth peer name ${name === 'v0' ? 'v1' : `${name}p`} index ${index + 1}`;
}

/** What was said between any two marks, from strace's hexadecimal dumps; a peek repeats what the next call receives. */
function turns(log) {
  const found = [];
  let current;
  let turn;
  const settle = () => {
    if (current === undefined || !isTraffic(Buffer.from(current.hex.slice(8, 12), 'hex').readUInt16LE())) return;
    const isMark = current.hex.slice(8, 12) === '2600' && current.hex.slice(40, 48) === '3c000000';
    if (isMark && current.call === 'sendmsg') {
      turn = { sendmsg: [], recvmsg: [] };
      found.push(turn);
      turn.marking = true;
    } else if (current.call === 'sendmsg') {
      turn[current.call].push(current.hex);
      turn.marking = false;
    } else if (!turn.marking) turn[current.call].push(current.hex);
  };
  for (const line of log.split('\n')) {
    const dump = /^ \| [0-9a-f]+ {2}([0-9a-f ]{48})/.exec(line);
    const call = /^(sendmsg|recvmsg)\(/.exec(line);
    if (dump !== null && current !== undefined) current.hex += dump[1].replaceAll(' ', '');
    if (call === null) continue;
    settle();
    current = line.includes('MSG_PEEK') ? undefined : { call: call[1], hex: '' };
  }
  settle();
  return found;
}
