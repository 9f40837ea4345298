import { describe, expect, it } from 'vitest';
import { registeredFiles } from './rings.ts';

const info = `pos:	0
flags:	02000002
SqMask:	0x7
UserFiles:	4
    0: socket:[62653964]
    1: <none>
    2: net:[4026531833]
    3: /dev/null
UserBufs:	1
    0: 0x7f0000000000/4096
PollList:
  op=6, task_works=0
`;

describe('registeredFiles', () => {
  it('tells sockets and namespaces from all else', () => {
    expect(registeredFiles(info)).toEqual([
      { kind: 'socket', inode: 62653964 },
      { kind: 'net', inode: 4026531833 },
    ]);
  });

  it('knows nothing of a ring that was busy, and of what is none', () => {
    expect(registeredFiles('pos:\t0\nSqMask:\t0x7\n')).toBeUndefined();
    expect(registeredFiles('')).toBeUndefined();
  });
});
