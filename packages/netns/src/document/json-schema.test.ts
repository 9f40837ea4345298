import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { documentJsonSchema } from './schema-document.ts';
import { problemsOf } from './validate.ts';

const valid = new Ajv2020({ allErrors: false, strict: true, strictTypes: false, strictRequired: false }).compile(
  documentJsonSchema(),
);
const within = (blue: unknown) => ({ version: 1, namespaces: { blue } });

/** Each is said to both: to our own check, and to a validator that knows only the published schema. */
describe('the JSON Schema', () => {
  it.each([
    ['nothing', {}],
    ['devices', { links: { lo: {}, br0: { kind: 'bridge', data: { forwardDelay: 400, vlanFiltering: true } } } }],
    ['a veth', { links: { eth0: { kind: 'veth', peer: { namespace: 'red', link: 'eth0' }, mtu: 1400 } } }],
    ['words for numbers', { links: { mv0: { kind: 'macvlan', link: 'lo', data: { mode: 'bridge' } } } }],
    ['a port', { links: { v0: { kind: 'ifb', master: 'lo', port: { kind: 'bridge', data: { isolated: true } } } } }],
    ['routes', { routes: [{ destination: 'default', gateway: '10.0.0.1', table: 100, nexthops: [{ link: 'lo' }] }] }],
    [
      'an encapsulation',
      { routes: [{ destination: '10.0.0.0/8', link: 'lo', encap: { kind: 'mpls', data: { dst: [1] } } }] },
    ],
    ['sysctls', { sysctls: { 'net.ipv4.ip_forward': true, 'net.ipv4.tcp_rmem': [1, 2, 3] } }],
    ['a firewall', { firewall: { nftables: [{ table: { family: 'inet', name: 't' } }] } }],
  ])('takes %s', (_, blue) => {
    expect(problemsOf(within(blue))).toEqual([]);
    expect(valid(within(blue)), JSON.stringify(valid.errors)).toBe(true);
  });

  it.each([
    ['a wrong key', { link: {} }],
    ['a wrong key of a kind', { links: { br0: { kind: 'bridge', data: { forwardDely: 1 } } } }],
    ['a kind that there is not', { links: { br0: { kind: 'brigde' } } }],
    ['data without a kind', { links: { br0: { data: { forwardDelay: 1 } } } }],
    ['what the kernel only reports', { links: { br0: { kind: 'bridge', data: { rootPort: 1 } } } }],
    ['a wrong type', { addresses: { eth0: [] } }],
    ['a number that is too large', { links: { br0: { kind: 'bridge', data: { priority: 70000 } } } }],
    ['what is missing', { addresses: [{ link: 'eth0' }] }],
    ['an impossible name', { links: { 'a/b': {} } }],
  ])('refuses %s', (_, blue) => {
    expect(problemsOf(within(blue))).not.toEqual([]);
    expect(valid(within(blue))).toBe(false);
  });
});
