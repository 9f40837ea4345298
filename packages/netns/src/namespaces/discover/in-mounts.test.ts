import { describe, expect, it } from 'vitest';
import { findMounts } from './in-mounts.ts';

describe('findMounts', () => {
  it('finds namespace files only, with their paths as they are', () => {
    const text = [
      '22 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
      '226 222 0:46 /netns /run/netns rw,relatime shared:7 - tmpfs none rw',
      '227 226 0:4 net:[4026532601] /run/netns/blue rw shared:8 - nsfs nsfs rw',
      '228 226 0:4 mnt:[4026532602] /tmp/a\\040b\\134 rw - nsfs nsfs rw',
      '229 226 0:4 pid:[4026532603] /tmp/caf\u00e9\\011x rw - nsfs nsfs rw',
      '229 226 0:4 net:[4026532604] /tmp/\xff\\040 rw - nsfs nsfs rw',
      '230 226 0:4 odd:[1] /tmp/odd rw - nsfs nsfs rw',
      '231 226 0:46 net:[5] /tmp/no rw - tmpfs none rw',
      '232 227 0:5 /null /run/netns/blue rw - devtmpfs none rw',
      '',
    ].join('\n');
    expect(findMounts(Buffer.from(text.replace('\xff', '\x01')).toString('latin1').replace('\x01', '\xff'))).toEqual([
      { type: 'net', inode: 4026532601, target: '/run/netns/blue', covered: true },
      { type: 'mnt', inode: 4026532602, target: '/tmp/a b\\' },
      { type: 'pid', inode: 4026532603, target: '/tmp/caf\u00e9\tx' },
      { type: 'net', inode: 4026532604, target: '/tmp/\ufffd ', raw: '/tmp/\xff ' },
    ]);
  });

  it('finds nothing in nothing', () => {
    expect(findMounts('')).toEqual([]);
  });
});
