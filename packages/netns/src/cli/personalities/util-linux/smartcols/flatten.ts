import type { OutputLine } from './column.ts';
import { noLine, type TreeSigns } from './tree-signs.ts';

/** A row, with the part of the tree that is drawn in front of its text. */
export interface FlatLine {
  readonly line: OutputLine;
  /** In front of the first line of the text, and in front of further ones. */
  readonly first: string;
  readonly more: string;
}

/** The rows of a tree from top to bottom. Those at the top have nothing in front. */
export function flatten(lines: readonly OutputLine[], signs: TreeSigns): FlatLine[] {
  return lines.flatMap((line) => [{ line, first: '', more: downTo(line, signs) }, ...below(line, '', signs)]);
}

/** Beside further lines of a row, the way down to the rows below it. */
function downTo({ children }: OutputLine, { vertical }: TreeSigns): string {
  return children.length === 0 ? '' : vertical;
}

function below({ children }: OutputLine, prefix: string, signs: TreeSigns): FlatLine[] {
  return children.flatMap((line, index) => {
    const last = index === children.length - 1;
    const more = prefix + (last ? noLine : signs.vertical);
    const first = prefix + (last ? signs.last : signs.branch);
    return [{ line, first, more: more + downTo(line, signs) }, ...below(line, more, signs)];
  });
}
