import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findHolder } from '../../../src/namespaces/name-holder.ts';
import { AT_FDCWD, O_CLOEXEC, O_DIRECTORY, O_RDONLY } from '../../../src/native/constants.ts';
import { Fd } from '../../../src/native/fd.ts';
import { syscall } from '../../../src/native/syscall.ts';
import { command, readablePath } from './cli.ts';
import { endOf, type ProgramEnd } from './run.ts';

const project = join(import.meta.dirname, '../../../../..');
const becoming = (uid: number) => ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'];

/** Whether we can be other users: not where we are root in a user namespace with one user. */
export const mayBeOthers = spawnSync('setpriv', [...becoming(54321).slice(1), 'true']).status === 0;

/**
 * Where there is no other user, we are one ourselves, without any right, in a user namespace below our own. This process keeps it.
 */
function startPretending(): ChildProcess {
  const words = ['--user', '--map-user=1000', '--map-group=1000', '--', 'sh', '-c', 'echo here; exec cat'];
  return spawn('unshare', words, { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** An ordinary user with a directory for what they run, as a login makes it. */
export class UserSession {
  /** `$XDG_RUNTIME_DIR`. */
  readonly runtime: string;
  /** Where the names are kept. */
  readonly home: string;
  /** What stands before a program to start it as this user. */
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly #pretending: ChildProcess | undefined;

  static async open(uid = 54321): Promise<UserSession> {
    const session = new UserSession(uid);
    const there = session.#pretending?.stdout;
    if (there) await once(there, 'data');
    return session;
  }

  private constructor(uid: number) {
    this.runtime = mkdtempSync('/run/session-');
    if (mayBeOthers) chownSync(this.runtime, uid, uid);
    this.home = `${this.runtime}/netns`;
    this.#pretending = mayBeOthers ? undefined : startPretending();
    this.words = this.#pretending
      ? ['nsenter', '--user', `--target=${this.#pretending.pid}`, '--preserve-credentials', '--']
      : becoming(uid);
    this.environment = { PATH: readablePath, HOME: this.runtime, XDG_RUNTIME_DIR: this.runtime };
  }

  start(words: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const [program = '', ...args] = [...this.words, ...words];
    return spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 50_000,
      killSignal: 'SIGKILL',
      env: this.environment,
      ...options,
    });
  }

  run(words: readonly string[], options: SpawnOptions = {}): Promise<ProgramEnd> {
    return endOf(this.start(words, options));
  }

  netns(...argv: string[]): Promise<ProgramEnd> {
    return this.run([command, ...argv]);
  }

  /** What the command answers when all is well. */
  async answer(...argv: string[]): Promise<string> {
    const { stdout, stderr, exitCode } = await this.netns(...argv);
    if (exitCode !== 0 || stderr !== '') throw new Error(`netns ${argv.join(' ')}: exit status ${exitCode}: ${stderr}`);
    return stdout;
  }

  async answerJson<T>(...argv: [string, ...string[]]): Promise<T> {
    return JSON.parse(await this.answer(argv[0], '--json', ...argv.slice(1))) as T;
  }

  /** Runs a program of this folder that uses the library as it is built. */
  library(name: string, ...args: string[]): Promise<ProgramEnd> {
    return this.run([
      process.execPath,
      join(project, 'tools/run.mjs'),
      join(import.meta.dirname, `${name}.ts`),
      ...args,
    ]);
  }

  /** The process that holds the names; undefined: none does. */
  get holder(): number | undefined {
    const raw = syscall('openat', AT_FDCWD, this.home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (raw < 0) return undefined;
    using home = Fd.adopt(raw, this.home);
    return findHolder(home, this.home);
  }

  /** The names as they are in there. */
  get names(): string[] {
    return this.holder === undefined ? [] : readdirSync(this.pathOf('')).sort();
  }

  /** The file that is mounted over, for us who are root. */
  pathOf(name: string): string {
    return `/proc/${this.holder}/root${this.home}/names/${name}`;
  }

  /** Ends the holder, if there is one, by taking its file away; and takes the directory away. */
  async end(): Promise<void> {
    const { holder } = this;
    rmSync(this.runtime, { recursive: true, force: true });
    if (holder !== undefined) await hasEnded(holder);
    if (this.#pretending === undefined) return;
    const gone = once(this.#pretending, 'close');
    this.#pretending.stdin?.end();
    this.#pretending.stdout?.resume();
    await gone;
  }
}

/** Waits for a process that is not our child. Whose child it has become may take its time to notice that it has ended. */
export async function hasEnded(pid: number): Promise<void> {
  for (let tries = 0; runs(pid); tries++) {
    if (tries === 2000) throw new Error(`process ${pid} has not ended`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function runs(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}
