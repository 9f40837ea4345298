import { expect, it } from 'vitest';
import { parseResolvConf } from './resolv-conf.ts';

it('has the defaults of the C library', () => {
  expect(parseResolvConf('')).toEqual({
    servers: ['127.0.0.1'],
    search: [],
    ndots: 1,
    timeout: 5000,
    attempts: 2,
    rotate: false,
    tcp: false,
  });
});

it('reads everything that counts', () => {
  const text = `
# a comment
nameserver 192.0.2.1   ; another
nameserver	2001:db8::1
domain first.test
search second.test. third.test
options ndots:3 rotate
options timeout:2 attempts:4 use-vc unknown
nonsense here
nameserver`;
  expect(parseResolvConf(text)).toEqual({
    servers: ['192.0.2.1', '2001:db8::1'],
    search: ['second.test', 'third.test'],
    ndots: 3,
    timeout: 2000,
    attempts: 4,
    rotate: true,
    tcp: true,
  });
});

it('keeps numbers within the limits, and passes over what is none', () => {
  expect(parseResolvConf('options ndots:99 timeout:0 attempts:x')).toMatchObject({
    ndots: 15,
    timeout: 1000,
    attempts: 2,
  });
});
