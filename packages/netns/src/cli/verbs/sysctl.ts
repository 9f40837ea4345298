import { readFileSync } from 'node:fs';
import { KernelError } from '../../errors.ts';
import { openNamespace } from '../../namespaces/reference.ts';
import { Sysctl, type SysctlEntry } from '../../network/sysctl/sysctl.ts';
import { formatSysctl } from '../../network/sysctl/value.ts';
import { defineVerb } from '../define-verb.ts';
import { escapeControls } from '../escape.ts';
import { writeJson } from '../json.ts';
import { failureText, note } from '../report.ts';
import { parseAssignment, parseSysctlFile, type SysctlLine } from '../sysctl-lines.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'sysctl',
  summary: "show and change the settings of a namespace's network",
  usage: ['NAME [--all] [--load FILE] [--values] [SETTING[=VALUE]...]'],
  notes: [
    'The settings are the sysctls that begin with `net.`; each namespace has its own. A setting without a value is shown, and so\n' +
      'is all that is below it; `*` stands for any text. A device with a dot in its name is written with a slash:\n' +
      '`net.ipv4.conf.eth0/5.forwarding`.',
    'A file has lines like `net.ipv4.ip_forward = 1`, as sysctl.conf(5) says; where a line begins with `-`, it is no failure if it\n' +
      'cannot be done. One setting that is refused does not keep the others from being made.',
  ],
  options: {
    all: { summary: 'show all settings', letter: 'a' },
    load: { summary: 'make the settings of a file (`-`: standard input)', value: 'FILE', letter: 'p' },
    values: { summary: 'show values without their names', letter: 'n' },
  },
  examples: [
    ['netns sysctl blue net.ipv4.ip_forward=1', 'let it forward packets'],
    ["netns sysctl blue 'net.ipv4.conf.*.rp_filter'", 'of every device'],
    ['netns sysctl blue -p /etc/sysctl.d/router.conf', 'what a file says'],
    ['netns sysctl blue --all --json', 'for programs'],
  ],
  otherWords: ['sysctls', 'setting', 'settings'],
  async run({ words, options, json, io }) {
    const [name, ...wanted] = words;
    if (name === undefined) throw new UsageError('which name?');
    if (wanted.length === 0 && !options.all && options.load === undefined)
      throw new UsageError('which setting? --all shows all');
    const lines =
      options.load === undefined
        ? []
        : parseSysctlFile(readFileSync(options.load === '-' ? 0 : options.load, 'utf8'), options.load);
    using namespace = openNamespace(name, 'net', io.names);
    using sysctl = new Sysctl(namespace.fd);
    let status = 0;
    const shown: SysctlEntry[] = [];
    const attempt = async (entries: AsyncIterable<SysctlEntry>, optional = false) => {
      try {
        for await (const entry of entries) shown.push(entry);
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        if (optional) return;
        note(io, failureText(error));
        status = 1;
      }
    };
    for (const line of lines) await attempt(make(sysctl, line), line.optional);
    if (options.all) shown.push(...(await sysctl.list()));
    for (const word of wanted) {
      const line = parseAssignment(word);
      await (line === undefined ? attempt(look(sysctl, word)) : attempt(make(sysctl, line), line.optional));
    }
    if (json) writeJson(io, Object.fromEntries(shown.map(({ name: setting, value }) => [setting, value])));
    else io.stdout.write(shown.map((entry) => `${textOf(entry, options.values === true)}\n`).join(''));
    return status;
  },
});

/** What a word means; what cannot be read is refused when it is the only one. */
async function* look(sysctl: Sysctl, word: string): AsyncGenerator<SysctlEntry> {
  const [only, ...others] = await sysctl.names(word);
  if (only !== undefined && others.length === 0) yield { name: only, value: await sysctl.get(only) };
  else yield* await sysctl.list(word);
}

/** Makes a setting, with a `*` several; gives those that were made. */
async function* make(sysctl: Sysctl, { name, value }: SysctlLine): AsyncGenerator<SysctlEntry> {
  for (const each of name.includes('*') ? await sysctl.names(name) : [name]) {
    await sysctl.set(each, value);
    yield { name: each, value: await sysctl.get(each) };
  }
}

function textOf({ name, value }: SysctlEntry, bare: boolean): string {
  const text = escapeControls(formatSysctl(name, value)).replaceAll('\\t', '\t');
  return bare ? text : `${escapeControls(name)} = ${text}`;
}
