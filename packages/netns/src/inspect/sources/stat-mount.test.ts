import { describe, expect, it } from 'vitest';
import { LSMT_ROOT, mountFacts, mountRequest, STATMOUNT_MNT_POINT, STATMOUNT_MNT_ROOT } from './stat-mount.ts';

describe('mountRequest', () => {
  it('is a struct mnt_id_req', () => {
    expect(Buffer.from(mountRequest(LSMT_ROOT, 5n, 7n)).toString('hex')).toBe(
      '2000000000000000ffffffffffffffff05000000000000000700000000000000',
    );
    expect(Buffer.from(mountRequest(1n, 2n, 3n)).toString('hex')).toBe(
      '2000000000000000010000000000000002000000000000000300000000000000',
    );
  });
});

describe('mountFacts', () => {
  const nsfs = 0x6e736673;
  const answer = (mask: bigint) => {
    const bytes = new Uint8Array(600);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(8, mask, true);
    view.setBigUint64(24, BigInt(nsfs), true);
    view.setUint32(108, 18, true);
    bytes.set(new TextEncoder().encode('net:[4026532281]\0'), 512);
    bytes.set(new TextEncoder().encode('/run/netns/größe\0'), 530);
    return bytes;
  };

  it('finds the texts behind the fixed part', () => {
    expect(mountFacts(answer(STATMOUNT_MNT_ROOT | STATMOUNT_MNT_POINT), nsfs)).toEqual({
      root: 'net:[4026532281]',
      point: '/run/netns/größe',
    });
  });

  it('wants the file system that was asked for', () => {
    expect(mountFacts(answer(STATMOUNT_MNT_ROOT), 0x9fa0)).toBeUndefined();
  });

  it('believes only what the kernel says that it has answered', () => {
    expect(mountFacts(answer(0n), nsfs)).toEqual({ root: '', point: '' });
  });
});
