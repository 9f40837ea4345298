import { expect, it } from 'vitest';
import { InvalidArgumentError, KernelError } from '../../../../errors.ts';
import { namingFailure } from './naming-failure.ts';

const naming = { runDirectory: '/run/netns', name: 'a', source: '/proc/self/ns/net' };

/** The operations are those of src/namespaces; each has its own words in `ip`. */
it.each([
  ['mkdirat', 'create the directory /run/netns', 'mkdir /run/netns failed'],
  ['openat', 'open netns runtime directory /run/netns', 'Cannot open netns runtime directory "/run/netns"'],
  ['mount', 'make /run/netns a shared mount', 'mount --make-shared /run/netns failed'],
  ['mount', 'bind /run/netns onto itself', 'mount --bind /run/netns /run/netns failed'],
  ['mount', 'make /run/netns a private mount', 'mount --make-private /run/netns failed'],
  ['mknodat', 'create namespace file /run/netns/a', 'Cannot create namespace file "/run/netns/a"'],
  ['unshare', 'create a new network namespace "a"', 'Failed to create a new network namespace "a"'],
  ['mount', 'bind the new network namespace to /run/netns/a', 'Bind /proc/self/ns/net -> /run/netns/a failed'],
  ['openat', 'open /proc/7/ns/net', 'Bind /proc/self/ns/net -> /run/netns/a failed'],
])('%s: %s', (syscall, operation, words) => {
  const error = new KernelError({ errno: 1, syscall, operation });
  expect(namingFailure(error, naming)).toMatchObject({ message: `${words}: Operation not permitted\n`, code: 1 });
});

it('refuses names, and passes faults on', () => {
  const refused = namingFailure(new InvalidArgumentError('netns name', 'a/b', 'no'), { ...naming, name: 'a/b' });
  expect(refused).toMatchObject({ message: 'Invalid netns name "a/b"\n', code: 255, final: true });
  expect(() => namingFailure(new TypeError('a fault'), naming)).toThrow('a fault');
});
