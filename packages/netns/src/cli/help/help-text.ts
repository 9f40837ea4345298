import { ipObjects } from '../ip-objects.ts';
import { commonOptions, type Option, type Verb } from '../verb.ts';

/** What `netns help VERB` and `netns VERB --help` print. */
export function helpText(verb: Verb): string {
  const usage = verb.usage.map((form) => `netns ${verb.name}${form === '' ? '' : ` ${form}`}`);
  const options = Object.entries({ ...verb.options, ...commonOptions });
  return [
    `netns ${verb.name}: ${verb.summary}`,
    `Usage:\n${indent(usage)}`,
    ...verb.notes,
    `Options:\n${indent(columns(options.map(([name, option]) => [optionForm(name, option), option.summary])))}`,
    `Examples:\n${indent(columns(verb.examples))}`,
  ]
    .join('\n\n')
    .concat('\n');
}

/** What `netns help` prints. */
export function overviewText(verbs: readonly Verb[]): string {
  return [
    'netns: network namespaces of Linux',
    `Usage:\n${indent(['netns VERB [OPTIONS] [WORDS]', 'netns ip [OPTIONS] OBJECT COMMAND', 'netns tc [OPTIONS] OBJECT COMMAND', `netns [-n NAME] { ${Object.keys(ipObjects).join(' | ')} | monitor } COMMAND`])}`,
    `Verbs:\n${indent(columns(verbs.map(({ name, summary }) => [name, summary])))}`,
    'After `ip`, and when the program is called by that name, everything is as with ip(8); so it is with its objects alone.',
    `More:\n${indent(
      columns([
        ['netns help VERB', 'tells about a verb'],
        ['netns --version', 'tells the version'],
      ]),
    )}`,
    'Exit status: 0 well, 1 not done, 2 wrong words; that of `exec` is the status of the command.',
  ]
    .join('\n\n')
    .concat('\n');
}

function optionForm(name: string, option: Option): string {
  const value = option.value === undefined ? '' : option.valueIsOptional ? `[=${option.value}]` : ` ${option.value}`;
  return `${option.letter === undefined ? '' : `-${option.letter}, `}--${name}${value}`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}
