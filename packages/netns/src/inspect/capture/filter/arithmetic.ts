import { a, type Calculation, type Instruction, type Question, type Size, type Test, x } from './program.ts';

/** A number that is computed from a packet. */
export type Expression =
  | { readonly number: number }
  | { readonly length: true }
  | { readonly negative: Expression }
  | { readonly how: Calculation; readonly left: Expression; readonly right: Expression }
  | {
      /** Bytes of the packet, counted from `base`; or, with `behind`, from the end of the IPv4 header that begins there. */
      readonly at: Expression;
      readonly base: number;
      readonly behind: boolean;
      readonly size: Size;
      /** What must be true of a packet, or it has no such bytes. */
      readonly if: Question;
    };

export type Relation = '=' | '==' | '!=' | '>' | '>=' | '<' | '<=';

/** BPF_MEMWORDS. */
const slots = 16;

/** Whether a relation holds, without signs as in the kernel. Undefined: it is nested too deeply. */
export function relate(left: Expression, relation: Relation, right: Expression): Question | undefined {
  const plain = numberIn(right);
  const load = plain === undefined ? computeBoth(left, right, 0) : compute(left, 0);
  if (load === undefined) return undefined;
  const test = (is: Test['is']): Test => ({ load, is, value: plain });
  const answer: Record<Relation, () => Question> = {
    '=': () => test('='),
    '==': () => test('='),
    '!=': () => ({ not: test('=') }),
    '>': () => test('>'),
    '>=': () => test('>='),
    '<': () => ({ not: test('>=') }),
    '<=': () => ({ not: test('>') }),
  };
  return { all: [...conditions(left), ...conditions(right), answer[relation]()] };
}

function numberIn(expression: Expression): number | undefined {
  return 'number' in expression ? expression.number : undefined;
}

function conditions(expression: Expression): Question[] {
  if ('at' in expression) return [...conditions(expression.at), expression.if];
  if ('negative' in expression) return conditions(expression.negative);
  return 'how' in expression ? [...conditions(expression.left), ...conditions(expression.right)] : [];
}

/** Leaves it in the accumulator; slots from `free` on may be used. */
function compute(expression: Expression, free: number): Instruction[] | undefined {
  if ('number' in expression) return [a.number(expression.number)];
  if ('length' in expression) return [a.length];
  if ('negative' in expression) return then(compute(expression.negative, free), a.negate);
  if ('at' in expression) return computeLoad(expression, free);
  const { how, left, right } = expression;
  const plain = numberIn(right);
  if (plain !== undefined) return then(compute(left, free), a.calculate(how, plain));
  return then(computeBoth(left, right, free), a.calculateWithX(how));
}

/** One in the accumulator, the other in the index register. */
function computeBoth(left: Expression, right: Expression, free: number): Instruction[] | undefined {
  const second = free < slots ? then(compute(right, free), a.store(free)) : undefined;
  const first = compute(left, free + 1);
  return first && second && [...second, ...first, x.recall(free)];
}

function computeLoad(
  { at, base, behind, size }: Extract<Expression, { readonly behind: boolean }>,
  free: number,
): Instruction[] | undefined {
  const plain = numberIn(at);
  if (plain !== undefined)
    return behind ? [x.headerLength(base), a.loadAtX(base + plain, size)] : [a.load(base + plain, size)];
  const behindHeader = behind ? [x.headerLength(base), a.calculateWithX('+')] : [];
  return then(compute(at, free), ...behindHeader, a.toX, a.loadAtX(base, size));
}

function then(first: Instruction[] | undefined, ...more: readonly Instruction[]): Instruction[] | undefined {
  return first && [...first, ...more];
}
