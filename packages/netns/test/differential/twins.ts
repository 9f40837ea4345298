import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Case, Outcome } from './case.ts';
import { normalise, normaliseState } from './normalise.ts';

const ourCommand = join(import.meta.dirname, '../../bin/netns');
const script = join(import.meta.dirname, 'twin.sh');

/** How many sandboxes there are at a time: more than processors, for they often wait for the kernel. */
const lanes = 4;

export interface Twins {
  readonly theirs: Outcome;
  readonly ours: Outcome;
  readonly older?: Outcome | undefined;
}

/** Where the programs are. */
interface Programs {
  readonly theirs: string;
  readonly older?: string | undefined;
  readonly ours: string;
}

/**
 * Runs every case with both programs, and with an older one if there is one. A case that changes something gets namespaces of its own for each of them; all others
 * that are prepared alike share theirs, which must be the same at the end.
 */
export async function runTwins(
  cases: readonly Case[],
  installed: string,
  older?: string,
): Promise<ReadonlyMap<Case, Twins>> {
  const directory = mkdtempSync(join(tmpdir(), 'netns-twins-'));
  try {
    const programs = { theirs: installed, older, ours: join(directory, 'ip') };
    symlinkSync(ourCommand, programs.ours);
    const twins = new Map<Case, Twins>();
    const queue = groups(cases).entries();
    const lane = async () => {
      for (const [index, group] of queue) {
        const place = join(directory, String(index));
        for (const [each, result] of await runGroup(place, group, programs)) twins.set(each, result);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return twins;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Cases that can share a sandbox. */
function groups(cases: readonly Case[]): readonly (readonly Case[])[] {
  const alone: Case[][] = [];
  const bySetup = new Map<string, Case[]>();
  for (const each of cases) {
    const together = bySetup.get(each.setup ?? '');
    if (each.changes === true) alone.push([each]);
    else if (together === undefined) bySetup.set(each.setup ?? '', [each]);
    else together.push(each);
  }
  return [...bySetup.values(), ...alone];
}

async function runGroup(place: string, group: readonly Case[], programs: Programs): Promise<[Case, Twins][]> {
  const { theirs, older, ours } = programs;
  if (group[0]?.changes !== true) {
    await runSandbox(place, group, [
      `theirs=${theirs}`,
      ...(older === undefined ? [] : [`older=${older}`]),
      `ours=${ours}`,
    ]);
    const read = (name: string) => normaliseState(readFileSync(join(place, name), 'utf8'));
    const change = read('before') === read('after') ? '' : `${read('before')}\nbecame\n${read('after')}`;
    return group.map((each, index) => {
      const outcome = (who: string) => readOutcome(join(place, nameOf(index), who), change);
      return [
        each,
        { theirs: outcome('theirs'), ours: outcome('ours'), older: older === undefined ? older : outcome('older') },
      ];
    });
  }
  const [each] = group as readonly [Case];
  const alone = async (who: keyof Programs, program: string) => {
    const own = `${place}-${who}`;
    await runSandbox(own, group, [`${who}=${program}`]);
    return readOutcome(join(own, nameOf(0), who), normaliseState(readFileSync(join(own, 'after'), 'utf8')));
  };
  return [
    [
      each,
      {
        theirs: await alone('theirs', theirs),
        ours: await alone('ours', ours),
        older: older === undefined ? older : await alone('older', older),
      },
    ],
  ];
}

/** Scripts need the program itself, and so do lines that become another program. */
const canShareProcess = (line: string) => !line.includes('$IP') && !/netns e|-b/.test(line);

const nameOf = (index: number) => String(index).padStart(3, '0');

async function runSandbox(place: string, group: readonly Case[], programs: readonly string[]): Promise<void> {
  mkdirSync(place);
  writeFileSync(join(place, 'setup.sh'), `${group[0]?.setup ?? ''}\n`);
  for (const [index, { line, files = {} }] of group.entries()) {
    const directory = join(place, nameOf(index));
    mkdirSync(directory);
    writeFileSync(join(directory, 'line.sh'), line.includes('$IP') ? `${line}\n` : `exec "$IP" ${line}\n`);
    if (programs.length > 1 && canShareProcess(line)) writeFileSync(join(directory, 'together'), '');
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  }
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  await promisify(execFile)('unshare', ['--mount', '--net', 'sh', script, place, ...programs], { env });
}

function readOutcome(results: string, state: string): Outcome {
  const read = (name: string) => normalise(readFileSync(join(results, name), 'utf8').replaceAll(results, 'RESULTS'));
  return { out: read('out'), err: read('err'), code: Number(read('code')), state };
}
