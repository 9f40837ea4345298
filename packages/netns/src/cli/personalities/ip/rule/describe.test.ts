import { expect, it } from 'vitest';
import { AF_INET } from '../../../../netlink/families/route/address-families.ts';
import type { RuleMessage } from '../../../../netlink/families/route/rule.ts';
import { defaultOptions } from '../options.ts';
import { plain } from '../show/paint.ts';
import { ruleJson, ruleText } from './describe.ts';

const view = { options: defaultOptions(), paint: plain, newline: '\n', host: String };
const header: RuleMessage['header'] = { family: AF_INET, dstLen: 0, srcLen: 0, tos: 0, table: 0, action: 1, flags: 0 };

it('tells what newer kernels know, too', () => {
  const rule: RuleMessage = {
    header: { ...header, srcLen: 16, flags: 2 },
    attributes: {
      src: '10.1.0.0',
      priority: 7,
      table: 1000,
      dscp: 11,
      flowlabel: 5,
      flowlabelMask: 0xff,
      dportRange: { start: 80, end: 80 },
      dportMask: 0xfff,
      suppressPrefixlen: -1,
      suppressIfgroup: -1,
    },
  };
  expect(ruleText(rule, view)).toBe('7:\tnot from 10.1.0.0/16 dport 0x50/0xfff lookup 1000 dscp 11 flowlabel 0x5/0xff');
  expect(ruleJson({ header, attributes: { table: 254 } }, view)).toEqual({ priority: 0, src: 'all', table: 'main' });
});
