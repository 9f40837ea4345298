import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { Outcome } from './case.ts';
import { iproute2Version, isOlder } from './version.ts';

// Ours follows the newest `ip`, and most machines have an older one. Where the two differ, what the newest did is on record
// (record/GROUP.json): ours is held to that as long as the installed one is older. CONTRIBUTING.md says how a record is made.

/** The program that the tests compare with. */
export const installed = execFileSync('sh', ['-c', 'command -v ip'], { encoding: 'utf8' }).trim();

/** While a record is made: an older `ip` than the installed one, which is the newest. */
export const older = process.env.NETNS_RECORD_SINCE;

const installedVersion = iproute2Version(installed);

/** What the newest did for one command line. */
interface Entry {
  /** Digest of what the older one did on the same machine: where it does something else, the kernel or the machine is another. */
  readonly instead: string;
  readonly code: number;
  /** Lines. */
  readonly out: readonly string[];
  readonly err: readonly string[];
  /** What is left behind differs, too. It is shown by the installed `ip`, so it is not on record. */
  readonly state?: 'differs';
  /** Ours is still as the older one. */
  readonly behind?: true;
}

interface RecordFile {
  readonly newest: string;
  readonly older: string;
  readonly entries: Readonly<Record<string, Entry>>;
}

/** What both did with one command line. */
export interface Comparison {
  /** The name in the record. */
  readonly key: string;
  readonly ours: Outcome;
  readonly theirs: Outcome;
  /** While a record is made: what the older one did. */
  readonly older?: Outcome | undefined;
  /** Ours means to differ. */
  readonly differs?: unknown;
}

export class IpRecord {
  readonly #path: string;
  #file: RecordFile | undefined;

  /** What is the newest, where nothing is on record of it. */
  readonly #known: string | undefined;

  /** `group` is the name of a file without its ending; with `known`, it has to be there unless the installed `ip` is as new as that. */
  constructor(group: string, known?: string) {
    this.#known = known;
    this.#path = join(import.meta.dirname, 'record', `${group}.json`);
    this.#file = existsSync(this.#path) ? JSON.parse(readFileSync(this.#path, 'utf8')) : undefined;
  }

  get keys(): readonly string[] {
    return Object.keys(this.#file?.entries ?? {});
  }

  /** What the newest `ip` does where the installed one has done `theirs`, and ours leaves `state` behind; undefined if it is not known. */
  #newest(
    key: string,
    theirs: Outcome,
    state: string,
  ): { readonly outcome: Outcome; readonly behind: boolean } | undefined {
    if (this.#file === undefined && this.#known !== undefined && isOlder(installedVersion, this.#known))
      return undefined;
    const entry = this.#file?.entries[key];
    const behind = entry?.behind === true;
    if (entry === undefined || !isOlder(installedVersion, this.#file?.newest ?? '')) return { outcome: theirs, behind };
    if (entry.instead !== digest(theirs)) return undefined;
    const { out, err, code } = entry;
    const left = entry.state === 'differs' ? state : theirs.state;
    return { outcome: { out: out.join('\n'), err: err.join('\n'), code, state: left }, behind };
  }

  /** Holds ours to the newest: `meant` is what is expected where the newest does `outcome`. */
  expect(
    { key, ours, theirs }: Comparison,
    skip: (why: string) => void,
    meant: (outcome: Outcome) => unknown = (outcome) => outcome,
  ): void {
    const newest = this.#newest(key, theirs, ours.state);
    if (newest === undefined) {
      skip(
        this.#file === undefined
          ? 'what the newest ip does on such a kernel is not on record'
          : `the installed ip does not do what iproute2 ${this.#file.older} did where this was recorded`,
      );
      return;
    }
    if (newest.behind && !isDeepStrictEqual(ours, newest.outcome)) {
      skip('ours has still to follow the newest here');
      return;
    }
    expect(ours).toEqual(meant(newest.outcome));
    if (meant(newest.outcome) !== newest.outcome) expect(ours, 'the difference is gone').not.toEqual(newest.outcome);
  }

  /** Writes what the installed `ip` did otherwise than the older one, if one is made. */
  write(comparisons: readonly Comparison[]): void {
    if (older === undefined) return;
    const entries: Record<string, Entry> = {};
    for (const { key, theirs, ours, older: before, differs } of comparisons) {
      if (before === undefined || isDeepStrictEqual(theirs, before)) continue;
      entries[key] = {
        instead: digest(before),
        code: theirs.code,
        out: theirs.out.split('\n'),
        err: theirs.err.split('\n'),
        ...(theirs.state !== before.state && { state: 'differs' }),
        ...(differs === undefined && !isDeepStrictEqual(ours, theirs) && { behind: true }),
      };
    }
    rmSync(this.#path, { force: true });
    this.#file = undefined;
    if (Object.keys(entries).length === 0) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    this.#file = { newest: installedVersion, older: iproute2Version(older), entries };
    writeFileSync(this.#path, `${JSON.stringify(this.#file, undefined, 1)}\n`);
  }
}

/** What is left behind is told by the installed `ip` in its own words, so it does not count. */
const digest = ({ out, err, code }: Outcome) => hash([out, err, code]);

export const hash = (values: readonly unknown[]) =>
  createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 10);
