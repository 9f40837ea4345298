import { expect, it } from 'vitest';
import { KernelError, NetlinkError } from '../../../errors.ts';
import { Exit, failure } from './exit.ts';
import { exitOf } from './report.ts';

const refusal = { errno: 17, syscall: 'RTM_NEWLINK', operation: 'add a link' };

it('words refusals as ip does', () => {
  expect(exitOf(new NetlinkError(refusal))).toEqual(new Exit('RTNETLINK answers: File exists\n', 2, false));
  expect(exitOf(new NetlinkError(refusal, { message: 'Unknown device type' }))).toEqual(
    new Exit('Error: Unknown device type.\n', 2, false),
  );
  expect(exitOf(new NetlinkError(refusal, { message: 'With a stop.' }))).toEqual(
    new Exit('Error: With a stop.\n', 2, false),
  );
});

it('leaves ends alone, and passes faults on', () => {
  const end = failure('no');
  expect(exitOf(end)).toBe(end);
  expect(exitOf(new KernelError({ errno: 24, syscall: 'socket', operation: 'open a netlink socket' }))).toEqual(
    new Exit('cannot open a netlink socket: Too many open files (EMFILE, socket)\n', 1, false),
  );
  expect(() => exitOf(new TypeError('a fault'))).toThrow('a fault');
});
