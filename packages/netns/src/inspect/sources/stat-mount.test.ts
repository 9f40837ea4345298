import { describe, expect, it } from 'vitest';
import { LSMT_ROOT, mountFacts, mountRequest, STATMOUNT_MNT_POINT, STATMOUNT_MNT_ROOT } from './stat-mount.ts';

describe('mountRequest', () => {
  it('is a struct mnt_id_req', () => {
    expect(Buffer.from(mountRequest(LSMT_ROOT, 5n, 7n)).toString('hex')).toBe(
      '2000000000000000ffffffffffffffff05000000000000000700000000000000',
    );
  });
});

describe('mountFacts', () => {
  const answer = (mask: number) => {
    const bytes = new Uint8Array(600);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(8, BigInt(mask), true);
    view.setBigUint64(24, 0x6e736673n, true);
    view.setUint32(108, 18, true);
    bytes.set(new TextEncoder().encode('net:[4026532281]\0'), 512);
    bytes.set(new TextEncoder().encode('/run/netns/größe\0'), 530);
    return bytes;
  };

  it('finds the texts behind the fixed part', () => {
    expect(mountFacts(answer(STATMOUNT_MNT_ROOT | STATMOUNT_MNT_POINT))).toEqual({
      magic: 0x6e736673,
      root: 'net:[4026532281]',
      point: '/run/netns/größe',
    });
  });

  it('believes only what the kernel says that it has answered', () => {
    expect(mountFacts(answer(0))).toMatchObject({ root: '', point: '' });
  });
});
