/** Whether two values of documents say the same, in whatever order; what is undefined is not said. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  let said = 0;
  for (const key of Object.keys(a)) {
    if (a[key] === undefined) continue;
    if (!Object.hasOwn(b, key) || !same(a[key], b[key])) return false;
    said++;
  }
  for (const key of Object.keys(b)) if (b[key] !== undefined) said--;
  return said === 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
