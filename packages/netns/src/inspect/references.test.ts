import { describe, expect, it } from 'vitest';
import type { Keeper } from './keeper.ts';
import { sayReferences, sumReferences } from './references.ts';

const process = (pid: number): Keeper => ({ kind: 'process', pid });
const socket = (number: number): Keeper => ({ kind: 'socket', socket: number, holders: [{ pid: 1, fd: number }] });
const file = (fd: number): Keeper => ({ kind: 'descriptor', pid: 1, fd });
const mount: Keeper = { kind: 'mount', path: '/run/netns/a', mountNamespace: 1 };
const receiver = { pid: 1, fd: 9 };

describe('the sum of references', () => {
  it('counts the file once, and sockets each', () => {
    const sum = sumReferences(3, [file(3), file(4), mount, socket(5), socket(6)], 0);
    expect(sum).toMatchObject({ file: 1, sockets: 2, unexplained: 0, missing: 0 });
    expect(sayReferences(sum)).toBe('3 references = the file + 2 sockets');
  });

  it('leaves open how many groups tasks are in, between what is sure', () => {
    const keepers = [process(1), process(2), process(3), socket(5)];
    expect(sayReferences(sumReferences(3, keepers, 1))).toBe('3 references = 1 socket + 1 to 3 task groups');
    expect(sayReferences(sumReferences(6, keepers, 1))).toBe(
      '6 references = 1 socket + 1 to 3 task groups + 2 not explained',
    );
    expect(sayReferences(sumReferences(2, [process(1), socket(5)], 4))).toBe('2 references = 1 socket + 1 task group');
  });

  it('counts what is in flight for what it is', () => {
    const keepers: Keeper[] = [
      { kind: 'in-flight', what: 'descriptor', receiver },
      { kind: 'in-flight', what: 'socket', receiver },
      { kind: 'in-flight', what: 'tun', receiver },
      { kind: 'proc-file', path: '/proc/1/net/tcp', ...receiver },
    ];
    expect(sayReferences(sumReferences(4, keepers, 0))).toBe(
      '4 references = the file + 1 socket + 1 tun + 1 file of /proc/net',
    );
  });

  it('counts a socket once, however many have it and wherever it is on its way', () => {
    const inFlight: Keeper = { kind: 'in-flight', what: 'socket', socket: 5, receiver };
    expect(sumReferences(1, [socket(5), inFlight, inFlight], 0)).toMatchObject({ sockets: 1, missing: 0 });
  });

  it('counts an open file once, also where several processes have it', () => {
    const tun: Keeper = { kind: 'tun', device: 'tap0', pid: 1, fd: 3 };
    expect(sumReferences(1, [tun, { ...tun, pid: 2, copy: true }], 0)).toMatchObject({ tuns: 1, missing: 0 });
  });

  it('says plainly what it cannot explain, and what is gone', () => {
    expect(sayReferences(sumReferences(1, [], 0))).toBe('1 reference = 1 not explained');
    expect(sayReferences(sumReferences(1, [socket(1), socket(2)], 0))).toBe(
      '1 reference = 2 sockets (1 fewer than was found: something has just gone)',
    );
    expect(sayReferences(sumReferences(0, [], 0))).toBe('0 references = nothing that was found');
  });
});
