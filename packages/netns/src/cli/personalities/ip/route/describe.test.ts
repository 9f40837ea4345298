import { expect, it } from 'vitest';
import { AF_INET, AF_MPLS } from '../../../../netlink/families/route/address-families.ts';
import { type RouteMessage, RTM_F_CLONED } from '../../../../netlink/families/route/route.ts';
import { defaultOptions, type Options } from '../options.ts';
import { plain } from '../show/paint.ts';
import { type RouteView, routeJson, routeText } from './describe.ts';

function view(options: Partial<Options> = {}): RouteView {
  const deviceName = (index: number) => `eth${index}`;
  return {
    options: { ...defaultOptions(), ...options },
    paint: plain,
    newline: '\n',
    host: String,
    fixed: new Set(),
    deviceName,
  };
}

const header: RouteMessage['header'] = {
  family: AF_INET,
  dstLen: 0,
  srcLen: 0,
  tos: 0,
  table: 254,
  protocol: 3,
  scope: 0,
  type: 1,
  flags: 0,
};

it('says little of a plain route, and all with details', () => {
  const route: RouteMessage = { header, attributes: { gateway: '10.0.0.1', oif: 2 } };
  expect(routeText(route, view())).toBe('default via 10.0.0.1 dev eth2 ');
  expect(routeText(route, view({ details: 1 }))).toBe(
    'unicast default via 10.0.0.1 dev eth2 table main proto boot scope global ',
  );
  expect(routeText(route, view({ details: 1, numeric: true }))).toBe(
    '1 default via 10.0.0.1 dev eth2 table 254 proto 3 scope 0 ',
  );
  expect(routeJson(route, view())).toEqual({ dst: 'default', gateway: '10.0.0.1', dev: 'eth2', flags: [] });
});

it('tells labels of routes of mpls, and of what puts them on', () => {
  const route: RouteMessage = {
    header: { ...header, family: AF_MPLS, dstLen: 20 },
    attributes: { dstLabel: [100], newdst: [200, 300], via: { family: AF_INET, address: '10.0.0.1' }, oif: 2 },
  };
  expect(routeText(route, view())).toBe('100 as to 200/300 via inet 10.0.0.1 dev eth2 ');
  const encap = { kind: 'mpls', data: { dst: [100, 200], ttl: 5 } } as const;
  expect(routeText({ header, attributes: { encap, oif: 2 } }, view())).toBe(
    'default  encap mpls  100/200 ttl 5 dev eth2 ',
  );
});

it('tells what the kernel remembers', () => {
  const cacheinfo = { clntref: 2, lastuse: 150, expires: 300, error: 0, used: 0, id: 0, ts: 0, tsage: 0 };
  const route: RouteMessage = {
    header: { ...header, dstLen: 32, flags: RTM_F_CLONED | 0x80000000 },
    attributes: { dst: '10.0.0.1', cacheinfo, iif: 3 },
  };
  expect(routeText(route, view({ statistics: 1 }))).toBe(
    '10.0.0.1 \n    cache <local> expires 3sec users 2 age 1sec iif eth3 ',
  );
});
