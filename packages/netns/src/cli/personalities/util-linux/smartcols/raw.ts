import type { OutputColumn, OutputLine } from './column.ts';
import { escapeForRaw } from './escape.ts';
import { flatten } from './flatten.ts';
import type { TreeSigns } from './tree-signs.ts';

/** One blank between fields, nothing for an empty one; the tree is escaped like all else. */
export function rawText(
  columns: readonly OutputColumn[],
  lines: readonly OutputLine[],
  { signs, headings }: { readonly signs: TreeSigns; readonly headings: boolean },
): string {
  if (lines.length === 0) return '';
  const rows = flatten(lines, signs).map(({ line, first }) =>
    columns.map((column, index) => escapeForRaw((column.tree ? first : '') + (line.cells[index] ?? ''))),
  );
  const all = headings ? [columns.map(({ name }) => escapeForRaw(name)), ...rows] : rows;
  return all.map((row) => `${row.join(' ')}\n`).join('');
}
