import { describe, expect, it } from 'vitest';
import { readRequest } from './request.ts';

describe('binfmt_misc', () => {
  const place = '/proc/sys/fs/binfmt_misc';
  it.each([
    [['--mount-binfmt'], place, '/proc'],
    [['--mount-binfmt=/a'], '/a', undefined],
    [['--mount-binfmt=/a', '--mount-binfmt=/b'], '/b', undefined],
    [['--mount-binfmt=/a', '--mount-binfmt'], place, '/proc'],
    [['-l', ':x'], place, '/proc'],
    [['-l', ':x', '--mount-binfmt=/a'], '/a', '/proc'],
    [['--mount-binfmt=/a', '-l', ':x'], '/a', undefined],
    [['--mount-proc=/p', '--mount-binfmt'], place, '/p'],
  ])('%j', (words, binfmt, proc) => {
    expect(readRequest([...words, 'true'])).toMatchObject({ binfmt, proc });
  });
});
