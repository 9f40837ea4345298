import { describe, expect, it } from 'vitest';
import { type AddressMessage, addressFlag } from '../../../../netlink/families/route/address.ts';
import { addressProtocolTable, scopeTable } from '../link/names.ts';
import { defaultOptions, type Options } from '../options.ts';
import { toJson, toText } from '../show/fields.ts';
import { plain } from '../show/paint.ts';
import { type AddressView, addressParts, briefAddressParts } from './describe.ts';

const viewOf = (options: Partial<Options> = {}): AddressView => ({
  options: { ...defaultOptions(), ...options },
  paint: plain,
  newline: options.oneline === true ? '\\' : '\n',
  host: String,
  scopes: scopeTable(),
  protocols: addressProtocolTable(),
  alone: options.oneline === true,
  linkName: (index) => `link${index}`,
});

const forever = { valid: 0xffffffff, preferred: 0xffffffff, created: 0, updated: 0 };
const v4: AddressMessage = {
  header: { family: 2, prefixlen: 24, flags: 0x80, scope: 0, index: 2 },
  attributes: { address: '10.0.0.1', local: '10.0.0.1', broadcast: '10.0.0.255', label: 'br0', cacheinfo: forever },
};
const peer: AddressMessage = {
  header: { family: 2, prefixlen: 24, flags: 0, scope: 253, index: 2 },
  attributes: {
    address: '10.0.0.2',
    local: '10.0.0.1',
    rtPriority: 5,
    cacheinfo: { ...forever, valid: 100, preferred: 0 },
  },
};
const v6: AddressMessage = {
  header: { family: 10, prefixlen: 64, flags: 0, scope: 254, index: 2 },
  attributes: {
    address: 'fd00::1',
    flags: addressFlag('secondary') | addressFlag('permanent') | addressFlag('tentative') | 0x10000,
    cacheinfo: forever,
  },
};

describe('addressParts', () => {
  it('makes text', () => {
    expect(toText(addressParts, v4, viewOf())).toBe(
      '    inet 10.0.0.1/24 brd 10.0.0.255 scope global br0\n       valid_lft forever preferred_lft forever',
    );
    expect(toText(addressParts, peer, viewOf())).toBe(
      '    inet 10.0.0.1 peer 10.0.0.2/24 metric 5 scope link dynamic \n       valid_lft 100sec preferred_lft 0sec',
    );
    expect(toText(addressParts, v6, viewOf({ oneline: true }))).toBe(
      '2: link2    inet6 fd00::1/64 scope host temporary tentative flags 10000 \\       valid_lft forever preferred_lft forever',
    );
  });

  it('makes JSON', () => {
    expect(toJson(addressParts, peer, viewOf())).toEqual({
      family: 'inet',
      local: '10.0.0.1',
      address: '10.0.0.2',
      prefixlen: 24,
      metric: 5,
      scope: 'link',
      dynamic: true,
      valid_life_time: 100,
      preferred_life_time: 0,
    });
    expect(toJson(addressParts, v6, viewOf({ oneline: true }))).toMatchObject({
      index: 2,
      dev: 'link2',
      temporary: true,
      tentative: true,
      ifa_flags: '0x10000',
    });
  });

  it('has numbers for names when asked', () => {
    expect(toText(addressParts, v4, viewOf({ numeric: true }))).toContain('scope 0 br0');
  });
});

it('brief addresses stand in a row', () => {
  expect(toText(briefAddressParts, v4, viewOf()) + toText(briefAddressParts, peer, viewOf())).toBe(
    '10.0.0.1/24 10.0.0.1 peer 10.0.0.2/24 metric 5 ',
  );
});
