import { describe, expect, it } from 'vitest';
import { Assembler } from './assembler.ts';
import { walkOffsets, walkProgram } from './program.ts';

describe('Assembler', () => {
  it('writes instructions as the kernel reads them', () => {
    const code = new Assembler().storeNumber(10, -4, 0).move(2, 10).add(2, -4).map(1, 5).call(1).return(0);
    expect(Buffer.from(code.bytes()).toString('hex').match(/.{16}/g)).toEqual([
      '620afcff00000000', // *(u32 *)(r10 - 4) = 0
      'bfa2000000000000', // r2 = r10
      '07020000fcffffff', // r2 += -4
      '1811000005000000', // r1 = map 5
      '0000000000000000',
      '8500000001000000', // call 1
      'b700000000000000', // r0 = 0
      '9500000000000000', // exit
    ]);
  });

  it('jumps forwards and backwards by labels', () => {
    const code = new Assembler().label('a').jump('b').set(1, 7).label('b').jumpIfZero(1, 'a').return(1);
    const view = new DataView(code.bytes().buffer);
    expect([view.getInt16(2, true), view.getInt16(18, true)]).toEqual([1, -3]);
    expect(() => new Assembler().jump('nowhere').bytes()).toThrow('there is no label nowhere');
  });
});

const members = {
  task_struct: { nsproxy: 1840, real_parent: 1280 },
  nsproxy: { net_ns: 40 },
  net: { list: 24, ns: 152, passive: 0, net_cookie: 4160 },
  ns_common: { inum: 24, __ns_ref: 28, ns_id: 32 },
};

describe('walkOffsets', () => {
  it('adds up what is inside of what', () => {
    expect(walkOffsets(members)).toEqual({
      task: { nsproxy: 1840, parent: 1280 },
      netOfNsproxy: 40,
      net: { list: 24, inode: 176, count: 180, passive: 0, cookie: 4160 },
    });
  });

  it('knows what older and newer kernels call things', () => {
    const older = { ...members, ns_common: { inum: 16, count: 20 } };
    expect(walkOffsets(older)?.net).toMatchObject({ inode: 168, count: 172 });
    const newer = { ...members, net: { list: 24, ns: 152 } };
    expect(walkOffsets(newer)?.net).toMatchObject({ cookie: 184, passive: undefined });
  });

  it('refuses a kernel without what is needed', () => {
    for (const lacking of ['task_struct', 'nsproxy', 'net', 'ns_common'])
      expect(walkOffsets({ ...members, [lacking]: {} })).toBeUndefined();
  });
});

describe('walkProgram', () => {
  it('leaves out what the kernel does not have', () => {
    const offsets = walkOffsets(members);
    if (offsets === undefined) throw new Error('no offsets');
    const all = walkProgram(offsets, 3, 64).length;
    const { net } = offsets;
    const some = walkProgram({ ...offsets, net: { ...net, cookie: undefined, count: undefined } }, 3, 64).length;
    expect(all - some).toBe(2 * 8 * 8);
  });
});
