import type { ResolvConf } from './resolv-conf.ts';

/**
 * The names to ask for, in order: a name with enough dots first as it is and then with the search domains behind it, one with
 * fewer the other way round; one that ends in a dot as it is. resolv.conf(5), `ndots`, `no-tld-query`.
 */
export function candidates(
  name: string,
  { search, ndots, topLevel }: Pick<ResolvConf, 'search' | 'ndots' | 'topLevel'>,
): readonly string[] {
  if (name.endsWith('.')) return [name];
  const extended = search.map((domain) => `${name}.${domain}`);
  const dots = name.split('.').length - 1;
  if (dots === 0 && !topLevel && extended.length > 0) return extended;
  return dots >= ndots ? [name, ...extended] : [...extended, name];
}
