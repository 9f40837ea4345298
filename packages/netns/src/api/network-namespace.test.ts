import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../errors.ts';
import { NetworkNamespace } from './network-namespace.ts';

describe('an option that there is not', () => {
  const wrong = { userRuntimeDirectroy: '/x' };
  const near = `invalid option "userRuntimeDirectroy": there is no such option: did you mean 'userRuntimeDirectory'?`;

  it.each([
    ['createNamed', () => NetworkNamespace.createNamed('a', wrong as object)],
    ['createAll', () => NetworkNamespace.createAll(['a'], wrong as object)],
    ['open', () => NetworkNamespace.open('a', wrong as object)],
    ['openAll', () => NetworkNamespace.openAll([], wrong as object)],
    ['names', () => NetworkNamespace.names(wrong as object)],
    ['attachName', () => NetworkNamespace.attachName('a', 'b', wrong as object)],
    ['removeName', () => NetworkNamespace.removeName('a', wrong as object)],
    ['monitor', () => NetworkNamespace.monitor(wrong as object)],
  ] as const)('is refused by %s before anything is done', (_, call) => {
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(near);
  });

  it('is refused by create, which gives no names', () => {
    const call = () => NetworkNamespace.create({ name: 'a' } as object);
    expect(call).toThrow('invalid option "name": there is no such option; known are owner');
  });
});
