import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../../test/codec/fixture.ts';
import { qdisc, trafficClass } from '../../../../netlink/families/route/qdisc.ts';
import { Words } from '../../ip/words.ts';
import { readClass, readQdisc } from './change.ts';

const scenes: readonly { readonly lines: readonly (readonly [line: string, sent: string])[] }[] = JSON.parse(
  readFileSync(new URL('../../../../../test/tc/captured.json', import.meta.url), 'utf8'),
);

/** A table for a rate that no table can hold. */
const unread = / peakrate 80gbit/;
const context = { indexOf: () => 0, remark: () => {} };

describe('the words of tc become the bytes that tc sends', () => {
  const lines = scenes.flatMap(({ lines: all }) => all).filter(([line]) => !unread.test(line));

  it.each(lines)('%s', (line, sent) => {
    const [object, , ...words] = line.split(' ');
    const device = / dev v4 /.test(line) ? 52 : 50;
    const declaration = object === 'class' ? trafficClass : qdisc;
    const { message } = (object === 'class' ? readClass : readQdisc)(new Words(words), context);
    const bytes = declaration.encode({ ...message, header: { ...message.header, ifindex: device } } as never);
    expect(toHex(bytes)).toBe(toHex(fromHex(sent).subarray(16)));
  });
});
