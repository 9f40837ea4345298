import { withoutWrongBytes } from './bytes-text.ts';
import type { OutputColumn, OutputLine } from './column.ts';

/** The layout of util-linux: three blanks a level, objects in a list after one another on a line. */
export function jsonText(name: string, columns: readonly OutputColumn[], lines: readonly OutputLine[]): string {
  return `{\n${list(name, columns, lines, 1)}\n}\n`;
}

function list(name: string, columns: readonly OutputColumn[], lines: readonly OutputLine[], level: number): string {
  const objects = lines.map((line) => object(columns, line, level + 1)).join(',');
  const open = `${indent(level)}${JSON.stringify(name)}: [`;
  return `${open}\n${objects === '' ? '' : `${indent(level + 1)}${objects}`}\n${indent(level)}]`;
}

function object(columns: readonly OutputColumn[], { cells, children }: OutputLine, level: number): string {
  const members = columns.map(
    (column, index) =>
      `${indent(level + 1)}${JSON.stringify(column.name.toLowerCase())}: ${value(column, cells[index] ?? '')}`,
  );
  if (children.length > 0) members.push(list('children', columns, children, level + 1));
  return `{\n${members.join(',\n')}\n${indent(level)}}`;
}

function value({ json }: OutputColumn, text: string): string {
  if (text === '') return 'null';
  return json === 'number' ? text : JSON.stringify(withoutWrongBytes(text));
}

function indent(level: number): string {
  return '   '.repeat(level);
}
