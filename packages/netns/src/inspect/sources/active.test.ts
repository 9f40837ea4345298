import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openNamespace } from '../../namespaces/reference.ts';
import { namespaceTypes } from '../../namespaces/type.ts';
import { CLONE_NEWNET, CLONE_NEWUTS } from '../../native/constants.ts';
import { syscall } from '../../native/syscall.ts';
import { Survey } from '../survey.ts';
import { activeNamespaces, addActive, listRequest } from './active.ts';

type Call = typeof syscall;

/** A kernel that has `ids`, of all types, and gives a page of them at a time. */
function kernelWith(ids: readonly bigint[], requests: Uint8Array[] = []): Call {
  return ((name: string, request: Uint8Array, into: Uint8Array, room: number) => {
    if (name !== 'listns') throw new Error(name);
    requests.push(request.slice());
    const last = new DataView(request.buffer).getBigUint64(8, true);
    const page = ids.filter((id) => id > last).slice(0, room);
    if (page.length === 0) return -2;
    new BigUint64Array(into.buffer, into.byteOffset).set(page);
    return page.length;
  }) as Call;
}

const failing = (errno: number) => (() => -errno) as unknown as Call;

describe('activeNamespaces', () => {
  it('asks page by page, until there are no more', () => {
    for (const count of [0, 1, 1023, 1024, 1025, 5000]) {
      const ids = Array.from({ length: count }, (_, index) => BigInt(3 * index + 1));
      expect(activeNamespaces(['net'], kernelWith(ids))).toEqual(ids);
    }
  });

  it('asks for the wanted types', () => {
    const requests: Uint8Array[] = [];
    activeNamespaces(['net', 'uts'], kernelWith([7n], requests));
    expect(requests).toEqual([listRequest(0n, CLONE_NEWNET | CLONE_NEWUTS)]);
    expect(Buffer.from(listRequest(7n, CLONE_NEWNET)).toString('hex')).toBe(
      `20000000${'0'.repeat(8)}07${'0'.repeat(14)}00000040${'0'.repeat(24)}`,
    );
  });

  it('does without where the kernel has no such call, or refuses', () => {
    for (const errno of [38, 1, 22]) expect(activeNamespaces(['net'], failing(errno))).toBeUndefined();
  });

  it('does not go round in circles', () => {
    const same = ((_: string, __: Uint8Array, into: Uint8Array, room: number) => {
      new BigUint64Array(into.buffer).fill(9n);
      return room;
    }) as Call;
    expect(new Set(activeNamespaces(['net'], same))).toEqual(new Set([9n]));
  });

  it('says the same as this kernel does, where it has the call', () => {
    const found = activeNamespaces(namespaceTypes);
    const [major = 0, minor = 0] = readFileSync('/proc/sys/kernel/osrelease', 'latin1').split('.').map(Number);
    if (major < 6 || (major === 6 && minor < 19)) expect(found).toBeUndefined();
    else expect(found?.length).toBeGreaterThan(0);
  });
});

describe('addActive', () => {
  it('adds what nothing else has led to, and leaves nothing open', () => {
    using uts = openNamespace({ pid: process.pid }, 'uts');
    const opened: number[] = [];
    const list = kernelWith([5n, 6n, 7n]);
    // 5 is known, 6 is the namespace above, 7 has ended.
    const kernel = ((...[name, ...rest]: Parameters<Call>) => {
      if (name === 'listns') return list(name, ...rest);
      if (name === 'open_by_handle_at') {
        const id = new DataView((rest[1] as Uint8Array).buffer).getBigUint64(8, true);
        if (id !== 6n) return -116;
        opened.push(uts.fd.dup().release());
        return opened[0];
      }
      if (name === 'close') opened.splice(opened.indexOf(rest[0] as number), 1);
      return syscall(name, ...rest);
    }) as Call;
    const survey = new Survey(['uts']);
    const known = survey.draft('uts', 1);
    if (known) known.id = 5n;
    expect(addActive(survey, kernel)).toBe(true);
    expect([...survey.drafts.values()].map(({ inode, id }) => [inode, id])).toEqual([
      [1, 5n],
      [uts.id.ino, 6n],
    ]);
    expect(opened).toEqual([]);
    expect(addActive(survey, kernel)).toBe(false);
    expect(addActive(new Survey(['uts']), failing(38))).toBe(false);
  });
});
