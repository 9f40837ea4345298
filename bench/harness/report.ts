import type { Results } from './headline.ts';
import { type Row, rowsOf, type Verdict } from './rows.ts';
import type { Summary } from './statistics.ts';

/** One headline's table: a heading, column titles, lines of cells, remarks. Text and Markdown come from it. */
export interface Table {
  readonly heading: string;
  readonly columns: readonly string[];
  readonly lines: readonly (readonly string[])[];
  readonly remarks: readonly string[];
}

export function tableOf(heading: string, results: Results): Table {
  const rows = rowsOf(results);
  const remarks = [...(results.notes ?? [])];
  if (results.missing.length > 0) remarks.push(`not installed here, so not measured: ${results.missing.join('; ')}`);
  return {
    heading,
    columns: ['what', 'who', `median ${results.unit}`, 'least', baselineTitle(results), 'target', 'runs'],
    lines: rows.map((row) => [
      row.metric,
      row.role === 'ours' ? `**${row.contestant}**` : row.contestant,
      number(row.value.median),
      number(row.value.least),
      row.comparison === undefined ? '' : comparison(row.comparison, results.compare),
      row.verdicts.map((verdict) => verdictText(verdict, row, results)).join('; '),
      String(row.value.count),
    ]),
    remarks,
  };
}

/** A baseline is either one contestant for all rows, or each contestant's own first metric. */
function baselineTitle({ compare, metrics: [metric = ''], baseline }: Results): string {
  const base = baseline({ contestant: '', metric });
  const name = base.contestant === '' ? base.metric : base.contestant;
  return `${compare === 'ratio' ? 'times' : 'above'} ${name} (quartiles)`;
}

function comparison(summary: Summary, kind: Results['compare']): string {
  const show = (value: number) => (kind === 'ratio' ? value.toFixed(2) : value.toFixed(1));
  if (kind === 'difference')
    return `${sign(summary.median)}${show(summary.median)} (${show(summary.low)} to ${show(summary.high)})`;
  return `${show(summary.median)} (${show(summary.low)}-${show(summary.high)})`;
}

function verdictText({ target, measured, met }: Verdict, row: Row, results: Results): string {
  const { of, against, atMost } = target;
  const sameWho = against.contestant === of.contestant;
  const whom = sameWho ? against.metric : against.contestant;
  const limit = results.compare === 'ratio' ? `<= ${atMost} x ${whom}` : `<= ${atMost} ${results.unit} above ${whom}`;
  const shown = row.comparison?.median === measured.median ? '' : ` (${number(measured.median)})`;
  return `${limit}: ${met ? 'met' : 'MISSED'}${shown}`;
}

function sign(value: number): string {
  return value >= 0 ? '+' : '';
}

function number(value: number): string {
  if (!Number.isFinite(value)) return '?';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export function renderText(table: Table): string {
  const plain = [table.columns, ...table.lines].map((line) => line.map((cell) => cell.replaceAll('**', '')));
  const widths = table.columns.map((_, column) => Math.max(...plain.map((line) => line[column]?.length ?? 0)));
  const lines = plain.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [table.heading, ...lines, ...table.remarks.map((remark) => `  ${remark}`), ''].join('\n');
}

export function renderMarkdown(table: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `### ${table.heading}`,
    '',
    line(table.columns),
    line(table.columns.map(() => '---')),
    ...table.lines.map(line),
    '',
    ...table.remarks.map((remark) => `${remark}\n`),
  ].join('\n');
}

/** For machines: everything that the table was made of. */
export function toJson(id: string, title: string, results: Results): object {
  const rows = rowsOf(results).map(({ verdicts, ...row }) => ({
    ...row,
    baseline: results.baseline({ contestant: row.contestant, metric: row.metric }),
    targets: verdicts.map(({ target, measured, met }) => ({ ...target, measured, met })),
  }));
  const { unit, compare, missing, notes = [] } = results;
  return { id, title, unit, compare, rows, missing, notes };
}
