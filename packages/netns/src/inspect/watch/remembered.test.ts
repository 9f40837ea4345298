import { describe, expect, it } from 'vitest';
import { Remembered } from './remembered.ts';

const route = (destination: string) => ({ destination, table: 254, metric: 0, tos: 0, type: 'unicast' });

describe('Remembered', () => {
  it('finds what has gone, and what came, without a word', () => {
    const remembered = new Remembered(['route'], { left: 10 });
    expect(remembered.note('set', 'route', route('10.0.0.0/8'))).toBe(true);
    expect(remembered.note('set', 'route', route('10.0.0.0/8'))).toBe(true);
    expect(remembered.note('delete', 'route', route('10.1.0.0/16'))).toBe(false); // it never was there
    expect(remembered.note('set', 'route', { ...route('10.0.0.0/8'), gateway: '10.0.0.1' })).toBe(false); // beside or instead
    expect(remembered.compare('route', [route('10.2.0.0/16')])).toMatchObject({
      gone: [{ destination: '10.0.0.0/8' }, { gateway: '10.0.0.1' }],
      fresh: [{ destination: '10.2.0.0/16' }],
    });
    expect(remembered.compare('route', [route('10.2.0.0/16')])).toEqual({ gone: [], fresh: [] });
    expect(remembered.note('set', 'nexthop', { id: 1 })).toBe(true); // not asked for
  });

  it('shares its room with others, and forgets all when it is at an end', () => {
    const room = { left: 3 };
    const [one, other] = [new Remembered(['route'], room), new Remembered(['route'], room)];
    one.note('set', 'route', route('10.0.0.0/8'));
    one.note('set', 'route', route('10.0.0.0/8'));
    other.compare('route', [route('10.1.0.0/16'), route('10.2.0.0/16')]);
    expect(room).toEqual({ left: 0 });
    other.note('set', 'route', route('10.3.0.0/16'));
    expect([one.knows, other.knows, room.left]).toEqual([true, false, 2]);
    expect(other.note('delete', 'route', route('10.9.0.0/16'))).toBe(true); // nothing is to be expected
    expect(other.compare('route', [])).toBeUndefined();
    expect(
      one.compare(
        'route',
        ['1', '2', '3', '4'].map((each) => route(`10.${each}.0.0/16`)),
      ),
    ).toBeUndefined();
    expect(room).toEqual({ left: 3 });
  });
});
