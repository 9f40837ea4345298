import { expect, it } from 'vitest';
import { type LinkMessage, linkFlag } from '../../../../netlink/families/route/link.ts';
import { flagWords, isUp } from './flags.ts';
import { linkOf, viewOf } from './testing.ts';

const words = (flags: number, attributes: LinkMessage['attributes'] = {}, others: readonly LinkMessage[] = []) =>
  flagWords(linkOf({ flags }, attributes), viewOf({}, others));

const bits = (...names: Parameters<typeof linkFlag>[0][]) => names.reduce((all, name) => all | linkFlag(name), 0);

it('names flags in the order of ip', () => {
  expect(words(bits('UP', 'BROADCAST', 'RUNNING', 'MULTICAST', 'LOWER_UP'))).toEqual([
    'BROADCAST',
    'MULTICAST',
    'UP',
    'LOWER_UP',
  ]);
  expect(words(bits('UP', 'LOOPBACK', 'NOARP'))).toEqual(['NO-CARRIER', 'LOOPBACK', 'NOARP', 'UP']);
  expect(words(bits('RUNNING') | 0x180000)).toEqual(['180000']);
});

it('tells that the link below is down', () => {
  const lower = linkOf({ index: 7 }, { ifname: 'lower' });
  const upper = linkOf({ index: 7, flags: bits('UP') }, { ifname: 'lower' });
  expect(words(0, { link: 7 }, [lower])).toEqual(['M-DOWN']);
  expect(words(0, { link: 7 }, [upper])).toEqual([]);
  expect(words(0, { link: 7, linkNetnsid: 0 }, [lower])).toEqual([]);
  expect(words(0, { link: 8 }, [lower])).toEqual([]);
  expect(isUp(upper)).toBe(true);
});
