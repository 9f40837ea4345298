import { describe, expect, it } from 'vitest';
import { Exit } from './exit.ts';
import { hardwareAddress, integer, oneOfOnOff, onOff, unsigned } from './values.ts';

describe('hardwareAddress', () => {
  it.each([
    ['02:00:00:00:00:01', '02:00:00:00:00:01'],
    ['2:0:0:0:0:A', '02:00:00:00:00:0a'],
    ['1:2', '01:02'],
    ['0x2:003', '02:03'],
    ['10.0.0.1', '0a:00:00:01'],
    ['10.1', '0a:01:00:00'],
  ])('reads %s', (word, expected) => {
    expect(hardwareAddress(word)).toBe(expected);
  });

  it.each(['zz', '', '123:1', '1:', '2:0:1x', ' 2:0', '+2:0', '0x', '1.2.3.4.5', '1.x', '1:'.repeat(32).concat('1')])(
    'refuses %j',
    (word) => {
      expect(() => hardwareAddress(word)).toThrow(new Exit(`"${word}" is invalid lladdr.\n`, 1, false));
    },
  );
});

it('numbers say what is wrong', () => {
  expect([integer('-5', ''), unsigned('0xff', 8, '')]).toEqual([-5, 255]);
  expect(() => integer('x', 'no')).toThrow(new Exit('Error: argument "x" is wrong: no\n', 255, true));
  expect(() => unsigned('256', 8, 'no')).toThrow(new Exit('Error: argument "256" is wrong: no\n', 255, true));
});

it('on and off are words of two tempers', () => {
  expect([onOff('on', 'arp'), onOff('off', 'arp'), oneOfOnOff('on', 'carrier')]).toEqual([true, false, true]);
  expect(() => onOff('no', 'arp')).toThrow(
    new Exit('Error: argument of "arp" must be "on" or "off", not "no"\n', 1, false),
  );
  expect(() => oneOfOnOff('no', 'carrier')).toThrow(
    new Exit('Error: argument of "carrier" must be one of "off", "on", not "no"\n', 22, false),
  );
});
