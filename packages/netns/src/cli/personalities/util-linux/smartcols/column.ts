/** One column of an output as util-linux writes it. */
export interface OutputColumn {
  readonly name: string;
  /** In JSON: a bare number, or a text. */
  readonly json: 'number' | 'string';
  readonly right?: boolean;
  /** How wide it becomes where what is in it is wider than its name. */
  readonly hint?: number;
  /** May be cut to the width of the terminal. */
  readonly truncate?: boolean;
  /** Holds several lines. */
  readonly lines?: boolean;
  /** The tree is drawn in this column. */
  readonly tree?: boolean;
}

/** One row, with the rows below it. */
export interface OutputLine {
  /** One text for each column; undefined or empty where there is nothing. */
  readonly cells: readonly (string | undefined)[];
  readonly children: readonly OutputLine[];
}
