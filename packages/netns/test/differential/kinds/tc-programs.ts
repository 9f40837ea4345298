import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iproute2Version, isOlder } from '../version.ts';
import { asBuilt, theirs as ip, type Run, run } from './programs.ts';

/** Our `tc`. */
export const ours = asBuilt('tc');

/** Whether the installed `tc` is later than 6.1, whose words and rounding ours has. */
export const isLater = !isOlder(iproute2Version('tc'), '6.2');

/** What later ones show otherwise, as 6.1 has it: no star before a class, and no blank behind a burst. */
export function inOurWords(text: string): string {
  if (!isLater) return text;
  return text
    .replaceAll(/^(.*filter .* u32 .* bkt \w+ )flowid /gm, '$1*flowid ')
    .replaceAll(/^(.*class htb .* cburst [^ \n]+)$/gm, '$1 ')
    .replaceAll(/(burst \w+\/\d+)mpu /g, '$1 mpu ');
}

/** The installed `tc`. */
export function theirs(...words: string[]): Run {
  const { out, err, code } = run('tc', words);
  return { out: inOurWords(out), err: err.replaceAll(/^Warning: .*\n/gm, ''), code }; // without what the kernel only remarks
}

/** What was made by whom, and who shows it: what each of `words` wrote. */
export interface Shown {
  readonly theirsOfTheirs: readonly Run[];
  readonly oursOfTheirs: readonly Run[];
  readonly theirsOfOurs: readonly Run[];
}

/** A device of a case, its own index, and the other end with the next one. */
export function linkLine(name: string, index: number, { queues = 1, peer = `${name}p` } = {}): string {
  return `link add ${name} index ${index} numtxqueues ${queues} type veth peer name ${peer} index ${index + 1}`;
}

/**
 * Two namespaces with the same devices. Lines are given to the installed `tc` in one, to ours in the other. All lines at once: this also runs on an
 * emulated machine, where starting a program takes a second.
 */
export class TcTwins implements Disposable {
  readonly #names: { readonly theirs: string; readonly ours: string };
  readonly #directory = mkdtempSync(join(tmpdir(), 'netns-tc-'));

  /** `links` are lines of `ip`. */
  constructor(name: string, links: readonly string[]) {
    this.#names = { theirs: `${name}-theirs`, ours: `${name}-ours` };
    for (const each of Object.values(this.#names)) {
      execFileSync('ip', ['netns', 'add', each]);
      const { err } = ip('-n', each, '-batch', this.file('links', links));
      if (err !== '') throw new Error(err);
    }
  }

  [Symbol.dispose](): void {
    for (const name of Object.values(this.#names)) execFileSync('ip', ['netns', 'del', name]);
    rmSync(this.#directory, { recursive: true });
  }

  file(name: string, lines: readonly string[]): string {
    const path = join(this.#directory, name);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  }

  async make(lines: readonly string[]): Promise<{ readonly theirs: Run; readonly ours: Run }> {
    const words = ['-force', '-batch', this.file('batch', lines)];
    return {
      theirs: theirs('-n', this.#names.theirs, ...words),
      ours: await ours('-n', this.#names.ours, ...words),
    };
  }

  async show(shows: readonly (readonly string[])[]): Promise<Shown> {
    const all = async (by: (...words: string[]) => Run | Promise<Run>, name: string) => {
      const runs: Run[] = [];
      for (const words of shows) runs.push(await by('-n', name, ...words));
      return runs;
    };
    return {
      theirsOfTheirs: await all(theirs, this.#names.theirs),
      oursOfTheirs: await all(ours, this.#names.theirs),
      theirsOfOurs: await all(theirs, this.#names.ours),
    };
  }
}
