import { expect, it } from 'vitest';
import { nodeError, nodeListenError } from './node-error.ts';

it('looks like the errors of Node', () => {
  expect(nodeError(111, 'connect', { address: '::1', port: 80 })).toMatchObject({
    message: 'connect ECONNREFUSED ::1:80',
    code: 'ECONNREFUSED',
    errno: -111,
    syscall: 'connect',
    address: '::1',
    port: 80,
  });
  expect(nodeListenError(98, { address: '/path', port: -1 })).toMatchObject({
    message: 'listen EADDRINUSE: address already in use /path',
    port: -1,
  });
  expect(nodeError(9, 'addMembership')).not.toHaveProperty('address');
});
