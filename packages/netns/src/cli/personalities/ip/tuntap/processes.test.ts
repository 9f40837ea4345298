import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { attachedProcesses } from './processes.ts';

it('finds the programs of a device by their descriptors, and passes over what cannot be read', () => {
  const proc = mkdtempSync(join(tmpdir(), 'netns-proc-'));
  try {
    mkdirSync(join(proc, '7/fdinfo'), { recursive: true });
    mkdirSync(join(proc, '8'));
    mkdirSync(join(proc, 'sys'));
    writeFileSync(join(proc, '7/comm'), 'vpn\n');
    writeFileSync(join(proc, '7/fdinfo/0'), 'pos:\t0\nflags:\t02\n');
    for (const fd of [3, 4]) writeFileSync(join(proc, `7/fdinfo/${fd}`), 'pos:\t0\nflags:\t02\niff:\ttun0\n');
    expect([...attachedProcesses(proc)]).toEqual([
      [
        'tun0',
        [
          { name: 'vpn', pid: 7 },
          { name: 'vpn', pid: 7 },
        ],
      ],
    ]);
  } finally {
    rmSync(proc, { recursive: true });
  }
});
