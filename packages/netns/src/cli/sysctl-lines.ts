import { UsageError } from './verb.ts';

/** A setting as it is written on the command line or in a file. */
export interface SysctlLine {
  readonly name: string;
  readonly value: string;
  /** It begins with `-`: whether it can be made or not. */
  readonly optional: boolean;
}

/** `NAME=VALUE`; undefined for a word without a value. */
export function parseAssignment(word: string): SysctlLine | undefined {
  const equals = word.indexOf('=');
  if (equals === -1) return undefined;
  const name = word.slice(0, equals).trim();
  const optional = name.startsWith('-');
  return { name: optional ? name.slice(1).trim() : name, value: word.slice(equals + 1).trim(), optional };
}

/** The settings of a file as sysctl.conf(5) describes it. Throws UsageError with the line that makes no sense. */
export function parseSysctlFile(text: string, file: string): SysctlLine[] {
  return text.split('\n').flatMap((line, index) => {
    const content = line.trim();
    if (content === '' || content.startsWith('#') || content.startsWith(';')) return [];
    const setting = parseAssignment(content);
    if (setting === undefined || setting.name === '')
      throw new UsageError(`${file}:${index + 1}: '${content}' is not NAME = VALUE`);
    return [setting];
  });
}
