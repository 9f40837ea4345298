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
    aaaa: true,
    topLevel: true,
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
options timeout:2 attempts:4 use-vc unknown no-aaaa no-tld-query
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
    aaaa: false,
    topLevel: false,
  });
});

it('keeps numbers within the limits, and passes over what is none', () => {
  expect(parseResolvConf('options ndots:99 timeout:0 attempts:x')).toMatchObject({
    ndots: 15,
    timeout: 1000,
    attempts: 2,
  });
});

it('searches in the domain of the host where the file names none', () => {
  expect(parseResolvConf('', 'host.example.test').search).toEqual(['example.test']);
  expect(parseResolvConf('', 'host').search).toEqual([]);
  expect(parseResolvConf('search other.test', 'host.example.test').search).toEqual(['other.test']);
  expect(parseResolvConf('domain one.test two.test').search).toEqual(['one.test']);
});

it('passes over servers that are no addresses', () => {
  const text = 'nameserver dns.test\nnameserver fe80::1%eth0\nnameserver 1.2.3';
  expect(parseResolvConf(text).servers).toEqual(['fe80::1%eth0']);
  expect(parseResolvConf('nameserver dns.test').servers).toEqual(['127.0.0.1']);
});
