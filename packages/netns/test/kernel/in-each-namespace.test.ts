import { fstatSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EINVAL } from '../../src/errno-numbers.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { AT_FDCWD, CLONE_NEWNET, O_CLOEXEC, O_RDONLY } from '../../src/native/constants.ts';
import { Fd } from '../../src/native/fd.ts';
import { inEachNamespace } from '../../src/native/passage.ts';
import { perform } from '../../src/native/syscall.ts';
import { ResourceStack } from '../../src/resource.ts';

const open = (path: string) => ['openat', AT_FDCWD, path, O_RDONLY | O_CLOEXEC] as const;

it('does something in each of many, and goes on behind those that are none', () => {
  using opened = new ResourceStack();
  const none = opened.use(Fd.adopt(perform('open nothing', ...open('/dev/null')), 'nothing'));
  const some = Array.from({ length: 5 }, () => opened.use(createNamespace('net')));
  const refused = [0, 57, 58, 99, 100, 199, 200, 229];
  const asked = Array.from({ length: 230 }, (_, index) => (refused.includes(index) ? undefined : some[index % 5]));
  const given = inEachNamespace(
    asked.map((namespace) => namespace?.fd ?? none),
    CLONE_NEWNET,
    'open the namespace that one is in',
    open('/proc/thread-self/ns/net'),
  );
  const inodes = given.map((raw) => {
    if (raw < 0) return raw;
    using fd = Fd.adopt(raw, 'a namespace');
    return fstatSync(fd.raw).ino;
  });
  expect(inodes).toEqual(asked.map((namespace) => namespace?.id.ino ?? -EINVAL));
});
