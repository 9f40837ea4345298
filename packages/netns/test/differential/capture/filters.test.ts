import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compileFilter } from '../../../src/inspect/capture/filter/compile.ts';
import type { Instruction } from '../../../src/inspect/capture/filter/program.ts';
import { filters } from './filters.ts';
import { randomNumbers, randomPacket } from './packets.ts';
import { runProgram } from './run-program.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netns-filters-'));
  for (const [name, type] of Object.entries(links)) writeFileSync(join(folder, name), emptyCapture(type));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** LINKTYPE_… */
const links = { ethernet: 1, raw: 101 } as const;

/** A pcap file without packets: its link type is all that tcpdump takes of it. */
function emptyCapture(linkType: number): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262144, 16);
  header.writeUInt32LE(linkType, 20);
  return header;
}

const execute = promisify(execFile);

const nothing: readonly Instruction[] = [{ code: 0x06, jt: 0, jf: 0, k: 0 }];

/** What tcpdump compiles it to; undefined if it refuses. What lets nothing through is no program to it. */
async function tcpdumpProgram(filter: string, link: keyof typeof links): Promise<readonly Instruction[] | undefined> {
  const run = await execute('tcpdump', ['-r', join(folder, link), '-ddd', '--', filter]).catch((error) => error);
  if (`${run.stderr}`.includes('expression rejects all packets')) return nothing;
  if (run instanceof Error) return undefined;
  return `${run.stdout}`
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [code = 0, jt = 0, jf = 0, k = 0] = line.split(' ').map(Number);
      return { code, jt, jf, k };
    });
}

const packetCount = 400;

it.each(['ethernet', 'raw'] as const)('decides as the filters of tcpdump do: %s', async (link) => {
  const random = randomNumbers(link.length);
  const packets = Array.from({ length: packetCount }, () => randomPacket(random, link));
  const differences: string[] = [];
  const idle: string[] = [];
  const all = filters(link === 'ethernet' ? 120 : 0);
  const theirs = await mapTwoAtOnce(all, (filter) => tcpdumpProgram(filter, link));
  all.forEach((filter, index) => {
    const their = theirs[index];
    let our: Instruction[];
    try {
      our = compileFilter(filter, { link });
    } catch (error) {
      if (their !== undefined) differences.push(`${filter}: only we refuse it: ${error}`);
      return;
    }
    if (their === undefined) {
      differences.push(`${filter}: only tcpdump refuses it`);
      return;
    }
    let taken = 0;
    for (const packet of packets) {
      const [ours, wanted] = [runProgram(our, packet), runProgram(their, packet)];
      if (ours !== wanted) {
        differences.push(`${filter}: ${ours} and not ${wanted} of ${Buffer.from(packet).toString('hex')}`);
        break;
      }
      if (ours > 0) taken++;
    }
    if (taken === 0 || taken === packets.length) idle.push(filter);
  });
  expect(differences).toEqual([]);
  // Otherwise the packets would not put the filters to the test.
  if (link === 'ethernet') expect(idle.length).toBeLessThan(all.length / 3);
});

async function mapTwoAtOnce<T, R>(values: readonly T[], map: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < values.length; at += 2) results.push(...(await Promise.all(values.slice(at, at + 2).map(map))));
  return results;
}
