import { expect, it } from 'vitest';
import { privateNamespaces } from '../../src/testing/private-namespaces.ts';
import { callInProcess, withoutCapabilities } from './support/call-in-process.ts';

it('tells that namespaces can be made here', () => {
  expect(privateNamespaces()).toEqual({ available: true });
});

it('tells in one line why they cannot, and what would help', async () => {
  const [outcome] = await callInProcess(withoutCapabilities, [['privateNamespaces']]);
  expect(outcome?.value).toEqual({
    available: false,
    reason:
      'cannot create a new net namespace: Operation not permitted (EPERM, unshare); ' +
      'run the tests as root, or under `unshare --map-root-user --mount --net`',
  });
});

it('knows when ordinary users may not make user namespaces either', async () => {
  const script = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"';
  const forbidden = ['unshare', '--user', '--map-root-user', 'sh', '-c', script, 'sh', ...withoutCapabilities];
  const [outcome] = await callInProcess(forbidden, [['privateNamespaces']]);
  expect(outcome?.value).toMatchObject({
    available: false,
    reason: expect.stringMatching(/; run the tests as root: ordinary users may not make user namespaces here$/),
  });
});
