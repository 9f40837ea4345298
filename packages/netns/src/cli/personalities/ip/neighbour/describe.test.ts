import { expect, it } from 'vitest';
import { AF_INET } from '../../../../netlink/families/route/address-families.ts';
import { type NeighbourMessage, neighbourFlag, neighbourState } from '../../../../netlink/families/route/neighbour.ts';
import { defaultOptions, type Options } from '../options.ts';
import { plain } from '../show/paint.ts';
import { type NeighbourView, neighbourJson, neighbourText } from './describe.ts';

const view = (options: Partial<Options> = {}): NeighbourView => ({
  options: { ...defaultOptions(), ...options },
  paint: plain,
  newline: '\n',
  host: String,
  deviceKnown: false,
  deviceName: (index) => `eth${index}`,
});

const neighbour: NeighbourMessage = {
  header: { family: AF_INET, ifindex: 3, state: neighbourState('STALE'), flags: neighbourFlag('router'), type: 0 },
  attributes: {
    dst: '10.0.0.2',
    lladdr: '02:00:00:00:00:01',
    flagsExt: 5,
    protocol: 4,
    probes: 2,
    cacheinfo: { confirmed: 250, used: 100, updated: 0, refcnt: 1 },
  },
};

it('tells of a neighbour', () => {
  expect(neighbourText(neighbour, view())).toBe(
    '10.0.0.2 dev eth3 lladdr 02:00:00:00:00:01 router managed extern_valid STALE proto static ',
  );
  expect(neighbourText(neighbour, { ...view({ statistics: 1, numeric: true }), deviceKnown: true })).toBe(
    '10.0.0.2 lladdr 02:00:00:00:00:01 router managed extern_valid  ref 1 used 1/2/0probes 2 STALE proto 4 ',
  );
  expect(neighbourJson(neighbour, view({ statistics: 1 }))).toEqual({
    dst: '10.0.0.2',
    dev: 'eth3',
    lladdr: '02:00:00:00:00:01',
    router: null,
    managed: null,
    extern_valid: null,
    refcnt: 1,
    used: 1,
    confirmed: 2,
    updated: 0,
    probes: 2,
    state: ['STALE'],
    protocol: 'static',
  });
});

it('keeps columns when it is to be brief', () => {
  expect(neighbourText(neighbour, view({ brief: true }))).toBe(
    `${'10.0.0.2'.padEnd(40)}${'eth3'.padEnd(17)}02:00:00:00:00:01`,
  );
});
