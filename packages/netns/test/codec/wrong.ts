/** What a program without a type checker may hand over. */
export const wrongValues: readonly unknown[] = [
  5n,
  'x',
  '',
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  -1,
  0.5,
  2 ** 60,
  true,
  null,
  {},
  [],
  [5n],
  () => 1,
  Symbol('s'),
];

/** A value with each thing within it, however deep, replaced by each wrong one in turn. */
export function* wrongVariants(value: object): Generator<object> {
  for (const [key, each] of Object.entries(value)) {
    const within = typeof each === 'object' && each !== null && !ArrayBuffer.isView(each) ? wrongVariants(each) : [];
    for (const other of [...wrongValues, ...within]) {
      yield Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other };
    }
  }
}

/** Tries every wrong variant of what is right: whether any was refused, and what was thrown that is no refusal of ours. */
export function tryWrong(right: object, use: (given: never) => unknown): { refused: boolean; strange: string[] } {
  use(right as never);
  const strange = new Set<string>();
  let refused = false;
  for (const variant of wrongVariants(right)) {
    try {
      use(variant as never);
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (/^ERR_NETNS_(INVALID|ENCODE)/.test(code)) refused = true;
      else strange.add(String(error));
    }
  }
  return { refused, strange: [...strange] };
}
