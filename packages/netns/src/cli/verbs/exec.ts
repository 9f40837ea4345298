import { execInPlace, namedCommandWords, runAsChild } from '../../process/exec.ts';
import { shellFailures } from '../../process/plan/failure-style.ts';
import { ResourceStack } from '../../resource.ts';
import { defineVerb } from '../define-verb.ts';
import { statusOf } from '../exit-status.ts';
import { writeJson } from '../json.ts';
import { readyNames } from '../names.ts';
import { note } from '../report.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'exec',
  summary: 'run a command in a namespace',
  usage: ['[--no-mounts] NAME [--] COMMAND...', '[--no-mounts] --all [--] COMMAND...'],
  notes: [
    'This process becomes the command: same process id, terminal and exit status. As with `ip netns exec`, it sees the /sys of the\n' +
      'namespace (what else is mounted below /sys stays), and the files of /etc/netns/NAME in the place of those in /etc.',
    'Exit status: that of the command; 125 if it could not get there, 126 if it cannot be run, 127 if it does not exist. With\n' +
      '`--all`, the first that is not 0.',
  ],
  options: {
    'no-mounts': { summary: 'leave the mounts alone: /sys and /etc are those of outside' },
    all: { summary: 'in each namespace that has a name, one after the other' },
  },
  examples: [
    ['netns exec blue ip address', 'the addresses in blue'],
    ['netns exec --all -- ss -tln', 'who listens where'],
    ['netns exec --json blue cat /etc/resolv.conf', 'its output and exit status in JSON'],
  ],
  otherWords: ['enter', 'shell'],
  optionsFirst: true,
  ownStatus: 125,
  async run({ words, options, json, io }) {
    const mounts = !options['no-mounts'];
    const [name, command, ...args] = options.all ? [undefined, ...withoutDashes(words)] : namedWords(words);
    if (command === undefined) throw new UsageError('which command?');
    const names = name === undefined ? readyNames(io.names) : [name];
    if (json) {
      const { runCaptured } = await import('../exec-captured.ts');
      const outcomes = [];
      for (const each of names) outcomes.push(await runCaptured(each, command, args, mounts, io.names));
      writeJson(io, options.all ? outcomes : outcomes[0]);
      return outcomes.find(({ status }) => status !== 0)?.status ?? 0;
    }
    const planned = (each: string, held?: ResourceStack) =>
      namedCommandWords({ ...io.names, name: each, command, args, mounts }, shellFailures, held);
    if (name !== undefined) return execInPlace(planned(name), io.env, io.softFileLimit);
    let status = 0;
    for (const each of names) {
      note(io, `in ${JSON.stringify(each)}:`);
      using held = new ResourceStack();
      const { exitCode, signal } = await runAsChild(planned(each, held));
      status ||= statusOf(exitCode, signal);
    }
    return status;
  },
});

function namedWords([name, ...rest]: readonly string[]): readonly [string, ...string[]] {
  if (name === undefined) throw new UsageError('which name?');
  return [name, ...withoutDashes(rest)];
}

function withoutDashes(words: readonly string[]): readonly string[] {
  return words[0] === '--' ? words.slice(1) : words;
}
