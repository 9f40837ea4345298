import { Failure } from './failure.ts';
import type { GetoptOption, GetoptTable } from './getopt.ts';

/** The version of util-linux whose behaviour this is. */
const version = '2.43-devel';

/** What `--version` prints. */
export function versionOf(program: string): Failure {
  return new Failure(`${program} from util-linux ${version}\n`, 0, true);
}

/** What `--help` prints, in the form that is usual there. */
export function helpOf(
  program: string,
  sentence: string,
  table: GetoptTable,
  { words = '[<program> [<argument>...]]', section = 1 }: { readonly words?: string; readonly section?: number } = {},
): Failure {
  const lines = Object.entries(table).map(([name, option]) => [formOf(name, option), option.summary] as const);
  const width = Math.max(...lines.map(([form]) => form.length)) + 2;
  const text = [
    '',
    'Usage:',
    ` ${program} [options] ${words}`,
    '',
    sentence,
    '',
    'Options:',
    ...lines.map(([form, summary]) => ` ${form.padEnd(width)}${summary}`),
    '',
    `For more details see ${program}(${section}).`,
    '',
  ];
  return new Failure(text.join('\n'), 0, true);
}

function formOf(name: string, { letter, argument, value = 'value' }: GetoptOption): string {
  const suffix = argument === 'none' ? '' : argument === 'optional' ? `[=<${value}>]` : ` <${value}>`;
  return `${letter === undefined ? '    ' : `-${letter}, `}--${name}${suffix}`;
}
