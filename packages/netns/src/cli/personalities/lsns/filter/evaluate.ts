import type { Comparison, FilterNode, FilterValue } from './node.ts';

/** Gives the text of a column, and says whether it is a number. */
export interface FilterRow {
  column(name: string): { readonly json: 'number' | 'string'; readonly text: string | undefined };
}

/** Two values cannot be compared: a text that is no number with a number. The command fails, as the original does. */
export class FilterMismatch extends Error {}

/** Whether a row is wanted. */
export function evaluate(node: FilterNode, row: FilterRow): boolean {
  switch (node.kind) {
    case 'not':
      return !evaluate(node.operand, row);
    case 'join':
      return node.operator === 'and'
        ? evaluate(node.left, row) && evaluate(node.right, row)
        : evaluate(node.left, row) || evaluate(node.right, row);
    case 'compare': {
      const [left, right] = alike(node.left, node.right, row);
      return compare(node.operator, left, right);
    }
    case 'match': {
      const left = valueIn(node.left, row);
      // A column's number is its text; what was written as a number, or is true or false, has none.
      if (node.left.kind !== 'column' && left.type !== 'string') throw new FilterMismatch();
      const { value } = cast(left, 'string');
      return node.pattern.test(String(value ?? '')) === node.wanted;
    }
    default: {
      const { value } = valueIn(node, row);
      return value !== undefined && value !== '' && value !== 0n && value !== 0 && value !== false;
    }
  }
}

function valueIn(node: FilterNode, row: FilterRow): FilterValue {
  if (node.kind === 'value') return node.value;
  if (node.kind !== 'column') return { type: 'boolean', value: evaluate(node, row) };
  const { json, text } = row.column(node.name);
  return cast({ type: 'string', value: text?.trim() }, json);
}

/** Both sides in one type: that of the one which is no column; a float before a number; else that of the left one. */
function alike(leftNode: FilterNode, rightNode: FilterNode, row: FilterRow): [FilterValue, FilterValue] {
  const left = valueIn(leftNode, row);
  const right = valueIn(rightNode, row);
  if (left.type === right.type) return [left, right];
  const preferred = leftNode.kind === 'column' && rightNode.kind !== 'column' ? right.type : left.type;
  const type = preferred === 'number' && [left.type, right.type].includes('float') ? 'float' : preferred;
  return [cast(left, type), cast(right, type)];
}

function compare(operator: Comparison, left: FilterValue, right: FilterValue): boolean {
  const texts = left.type === 'string';
  if (!texts && (left.value === undefined || right.value === undefined)) return false;
  // A text that is missing comes before all others.
  const order =
    texts && (left.value === undefined || right.value === undefined) ? missing(left, right) : sort(left, right);
  switch (operator) {
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
  }
}

function missing(left: FilterValue, right: FilterValue): number {
  return Number(right.value === undefined) - Number(left.value === undefined);
}

function sort({ value: left }: FilterValue, { value: right }: FilterValue): number {
  if (left === undefined || right === undefined || left === right) return 0;
  return left < right ? -1 : 1;
}

function cast(from: FilterValue, type: FilterValue['type']): FilterValue {
  if (from.type === type) return from;
  if (from.type === 'string') return castText(from.value, type);
  // What is missing in a column of numbers counts as none, once it is compared with something else.
  const number = Number(from.value ?? 0);
  switch (type) {
    case 'string':
      return { type, value: String(from.value ?? 0n) };
    case 'number':
      return { type, value: BigInt(Math.trunc(number)) };
    case 'float':
      return { type, value: number };
    case 'boolean':
      return { type, value: number > 0 };
  }
}

function castText(text: string | undefined, type: FilterValue['type']): FilterValue {
  switch (type) {
    case 'string':
      return { type, value: text };
    case 'boolean':
      return { type, value: text === undefined ? undefined : /^(1$|true$|y)/i.test(text) };
    case 'number':
      if (text !== undefined && !/^\+?\d+$/.test(text)) throw new FilterMismatch();
      return { type, value: text === undefined ? undefined : BigInt(text) };
    case 'float': {
      const value = text === undefined ? undefined : Number(text);
      if (Number.isNaN(value)) throw new FilterMismatch();
      return { type, value };
    }
  }
}
