import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Namespace } from '../namespaces/namespace.ts';
import { openNamespace } from '../namespaces/reference.ts';
import { directEntry, pathsOf } from './direct.ts';
import type { SpawnPlan } from './plan/spawn-plan.ts';

let net: Namespace;
let user: Namespace;
beforeAll(() => {
  net = openNamespace({ pid: process.pid }, 'net');
  user = openNamespace({ pid: process.pid }, 'user');
});
afterAll(() => {
  net.close();
  user.close();
});

describe('the short way of a plan', () => {
  it('is one system call', () => {
    const plan = { command: 'true', args: ['a'], enter: [{ type: 'net', namespace: net }] } as const;
    expect(directEntry(plan)).toEqual([net, ['setns', net.fd.raw, 0x40000000]]);
  });

  // All that the general way looks up, orders, refuses or does more for.
  it.each<readonly [string, (plan: SpawnPlan) => unknown]>([
    ['nothing to enter', (plan) => ({ ...plan, enter: [] })],
    ['two namespaces', (plan) => ({ ...plan, enter: [...(plan.enter ?? []), ...(plan.enter ?? [])] })],
    ['a name', (plan) => ({ ...plan, enter: [{ type: 'net', namespace: 'red' }] })],
    ['a process', (plan) => ({ ...plan, enter: [{ process: 1 }] })],
    ['no target', (plan) => ({ ...plan, enter: [null] })],
    ['a text as target', (plan) => ({ ...plan, enter: 'x' })],
    ['another type', (plan) => ({ ...plan, enter: [{ type: 'mnt', namespace: net }] })],
    ['a user namespace', (plan) => ({ ...plan, enter: [{ type: 'user', namespace: user }] })],
    ['another part', (plan) => ({ ...plan, hostname: 'red' })],
    ['an unknown part', (plan) => ({ ...plan, hostnam: 'red' })],
    ['no command', (plan) => ({ ...plan, command: '' })],
    ['a NUL byte', (plan) => ({ ...plan, args: ['a\0b'] })],
    ['a number as argument', (plan) => ({ ...plan, args: [1] })],
    ['a text as arguments', (plan) => ({ ...plan, args: 'abc' })],
  ])('is not taken for %s', (_what, changed) => {
    const plan: SpawnPlan = { command: 'true', enter: [{ type: 'net', namespace: net }] };
    expect(directEntry(changed(plan) as SpawnPlan)).toBeUndefined();
  });

  it('is not taken for a namespace that was closed', () => {
    const closed = openNamespace({ pid: process.pid }, 'net');
    closed.close();
    expect(directEntry({ command: 'true', enter: [{ type: 'net', namespace: closed }] })).toBeUndefined();
  });
});

it('looks for a command where execvp(3) does', () => {
  expect(pathsOf('./a', { PATH: '/b' })).toEqual(['./a']);
  expect(pathsOf('a', { PATH: '/b::/c' })).toEqual(['/b/a', 'a', '/c/a']);
  expect(pathsOf('a', {})).toEqual(['/bin/a', '/usr/bin/a']);
  expect(pathsOf('', { PATH: '/b' })).toEqual([]);
});
