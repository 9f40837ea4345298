import { InvalidArgumentError } from '../../errors.ts';
import { type SysctlShape, type SysctlValue, sysctlShapes } from './shapes.ts';

/** The kind of value that a sysctl is known to have. */
export function sysctlShape(name: string): SysctlShape | undefined {
  return sysctlShapes.find(([pattern]) => fits(name, pattern))?.[1];
}

function fits(name: string, pattern: string): boolean {
  const [head = '', tail] = pattern.split('*');
  if (tail === undefined) return name === pattern;
  return name.startsWith(head) && name.endsWith(tail) && name.length >= head.length + tail.length;
}

const whole = /^-?\d{1,15}$/;

/** What a sysctl's file says, as a value: by what the name is known for, else by its look. */
export function parseSysctl(name: string, content: string): SysctlValue {
  const text = content.replace(/\n$/, '');
  const shape = sysctlShape(name);
  if (shape === 'text') return text;
  const words = text.split(/[\t ]+/).filter((word) => word !== '');
  if (words.length === 0 || !words.every((word) => whole.test(word))) return shape === 'numbers' ? [] : text;
  if (shape === 'numbers' || words.length > 1) return words.map(Number);
  return Number(words[0]);
}

/** The kernel takes a page, and of a longer text only the beginning. */
const longest = 4095;

/** What to write for a value; `true` and `false` are 1 and 0. Throws InvalidArgumentError for what no sysctl can be. */
export function formatSysctl(name: string, value: SysctlValue | boolean): string {
  const text = [value].flat().map(wordOf).join('\t');
  if (!/^[^\n\0]*$/.test(text) || text.length > longest)
    throw new InvalidArgumentError(
      name,
      value,
      `it must be a whole number, a list of them, or a line of at most ${longest} bytes`,
    );
  return text;
}

/** A line's end for what is no value: nothing that has one can be written. */
function wordOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'string' || Number.isSafeInteger(value) ? String(value) : '\n';
}
