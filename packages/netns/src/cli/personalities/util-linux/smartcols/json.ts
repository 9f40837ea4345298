import { withoutWrongBytes } from './bytes-text.ts';
import type { OutputColumn, OutputLine } from './column.ts';

/** How JSON is laid out: for people; a row on each line; or each row a document of its own, on a line (JSON Lines). */
export type JsonForm = 'pretty' | 'compact' | 'lines';

/** What `LIBSMARTCOLS_JSON` asks for, as libsmartcols of util-linux does since 2.42. */
export function jsonFormOf({ LIBSMARTCOLS_JSON: form }: Readonly<Record<string, string | undefined>>): JsonForm {
  return form === 'compact' || form === 'lines' ? form : 'pretty';
}

/** The layouts of util-linux. */
export function jsonText(
  name: string,
  columns: readonly OutputColumn[],
  lines: readonly OutputLine[],
  form: JsonForm = 'pretty',
): string {
  if (form === 'pretty') return `{\n${list(name, columns, lines, 1)}\n}\n`;
  const rows = lines.map((line) => compactObject(columns, line));
  if (form === 'lines') return rows.map((row) => `${row}\n`).join('');
  return `{${JSON.stringify(name)}:[\n${rows.join(',\n')}${rows.length === 0 ? '' : '\n'}]}\n`;
}

function compactObject(columns: readonly OutputColumn[], { cells, children }: OutputLine): string {
  const members = columns.map((column, index) => `${key(column)}:${value(column, cells[index] ?? '')}`);
  if (children.length > 0)
    members.push(`"children":[${children.map((line) => compactObject(columns, line)).join(',')}]`);
  return `{${members.join(',')}}`;
}

/** Three blanks a level, objects in a list after one another on a line. */
function list(name: string, columns: readonly OutputColumn[], lines: readonly OutputLine[], level: number): string {
  const objects = lines.map((line) => object(columns, line, level + 1)).join(',');
  const open = `${indent(level)}${JSON.stringify(name)}: [`;
  return `${open}\n${objects === '' ? '' : `${indent(level + 1)}${objects}`}\n${indent(level)}]`;
}

function object(columns: readonly OutputColumn[], { cells, children }: OutputLine, level: number): string {
  const members = columns.map(
    (column, index) => `${indent(level + 1)}${key(column)}: ${value(column, cells[index] ?? '')}`,
  );
  if (children.length > 0) members.push(list('children', columns, children, level + 1));
  return `{\n${members.join(',\n')}\n${indent(level)}}`;
}

function key({ name }: OutputColumn): string {
  return JSON.stringify(name.toLowerCase());
}

function value({ json }: OutputColumn, text: string): string {
  if (text === '') return 'null';
  return json === 'number' ? text : JSON.stringify(withoutWrongBytes(text));
}

function indent(level: number): string {
  return '   '.repeat(level);
}
