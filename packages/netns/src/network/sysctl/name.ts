import { InvalidArgumentError } from '../../errors.ts';

/**
 * The file of a sysctl below /proc/sys, by its name as sysctl(8) takes it. The first `.` or `/` says which of the two stands between the
 * parts; the other one belongs to a part: `net.ipv4.conf.eth0/5.forwarding` and `net/ipv4/conf/eth0.5/forwarding` are the same.
 *
 * Throws InvalidArgumentError for what is not below `net`, and for what is no name (`..`, an empty part).
 */
export function sysctlPath(name: string): string {
  if (typeof name !== 'string') throw new InvalidArgumentError('name', name, 'it must be a text');
  const separator = /[./]/.exec(name)?.[0] ?? '.';
  const parts = separator === '/' ? name.split('/') : name.split('.').map((part) => part.replaceAll('/', '.'));
  if (parts[0] !== 'net' || parts.length < 2)
    throw new InvalidArgumentError('name', name, 'it must begin with net: a network namespace has no others');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0') || part.includes('/')))
    throw new InvalidArgumentError('name', name, 'it must be words with a dot between them');
  return parts.join('/');
}

/** The name of a file below /proc/sys, as `sysctl -a` writes it. */
export function sysctlName(path: string): string {
  return path
    .split('/')
    .map((part) => part.replaceAll('.', '/'))
    .join('.');
}

/**
 * Which files a pattern means: `*` stands for any text within a part, and whatever is below what is meant is meant, too. `from` is the
 * directory to look in, as deep as the pattern allows.
 */
export function sysctlPattern(pattern: string): { readonly from: string; matches(path: string): boolean } {
  const parts = sysctlPath(pattern === 'net' ? 'net.*' : pattern).split('/');
  const wild = parts.findIndex((part) => part.includes('*'));
  const from = (wild === -1 ? parts : parts.slice(0, wild)).join('/');
  const expressions = parts.map(
    (part) => new RegExp(`^${part.replace(/[$()+.?[\\\]^{|}]/g, '\\$&').replaceAll('*', '.*')}$`),
  );
  return {
    from,
    matches(path) {
      const own = path.split('/');
      return expressions.every((expression, index) => expression.test(own[index] ?? '/'));
    },
  };
}
