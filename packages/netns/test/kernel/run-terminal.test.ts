import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { ReadStream } from 'node:tty';
import { afterEach, describe, expect, it } from 'vitest';
import { TCGETS, TIOCSWINSZ } from '../../src/native/constants.ts';
import { syscall } from '../../src/native/syscall.ts';
import { openPseudoTerminal, type PseudoTerminal, passThrough } from '../../src/process/terminal.ts';
import { command, readablePath } from './support/cli.ts';
import { childrenOf, isAlive } from './support/holder.ts';
import { endOf, run } from './support/run.ts';

/** `netns run --terminal` as somebody at a terminal sees it: a terminal of the test's own is theirs. */
const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

const settings = (fd: number) => {
  const termios = Buffer.alloc(64);
  expect(syscall('ioctl', fd, TCGETS, termios)).toBe(0);
  return termios.toString('hex');
};

class Person {
  readonly terminal: PseudoTerminal = openPseudoTerminal();
  readonly child: ChildProcess;
  readonly ended: Promise<unknown[]>;
  #seen = '';
  readonly #screen: ReadStream;

  constructor(...words: string[]) {
    const { slave, master } = this.terminal;
    this.resize(30, 70);
    const env = { PATH: readablePath, TERM: 'dumb', PS1: '> ' };
    // Its terminal is theirs: a session of its own, as a shell's.
    this.child = spawn('setsid', ['--ctty', '--wait', ...words], {
      stdio: [slave.raw, slave.raw, slave.raw],
      env,
    });
    this.ended = new Promise((resolve) => this.child.once('exit', (...all) => resolve(all)));
    this.#screen = new ReadStream(master.dup().release());
    this.#screen.on('data', (text) => {
      this.#seen += text;
    });
    this.#screen.on('error', () => {});
    open.push({
      close: () => {
        this.#screen.destroy();
        this.terminal[Symbol.dispose]();
      },
    });
  }

  resize(rows: number, columns: number): void {
    const size = new Uint8Array(new Uint16Array([rows, columns, 0, 0]).buffer);
    expect(syscall('ioctl', this.terminal.master.raw, TIOCSWINSZ, size)).toBe(0);
  }

  type(keys: string): void {
    this.#screen.write(keys);
  }

  /** Waits until this has been shown, forgets it and all before it, and gives it. */
  async sees(pattern: RegExp): Promise<string> {
    for (let i = 0; i < 3000; i++) {
      const found = pattern.exec(this.#seen);
      if (found !== null) {
        this.#seen = this.#seen.slice(found.index + found[0].length);
        return found[0];
      }
      await setTimeout(10);
    }
    throw new Error(`${pattern} was not seen, but ${JSON.stringify(this.#seen)}`);
  }

  /** `netns` itself: setsid has become it, or waits for it. */
  get netns(): number {
    const pid = this.child.pid ?? 0;
    return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'setsid\n' ? (childrenOf(pid)[0] ?? pid) : pid;
  }
}

/** Says when it is there, and what it says is not what is typed. */
const sleeping = `sh -c 'echo g""o; exec sleep 1000'`;

/** Somebody who runs `netns run --terminal`. */
const atTerminal = (...words: string[]) => new Person(command, 'run', '--terminal', ...words);

const inside = ['--new', 'pid,mnt', '--map-root', '--'];

describe('netns run --terminal', () => {
  it('gives the command a terminal of its own, as large as ours', async () => {
    const script = 'tty; stty size; ps -o sid= -p $$ | tr -d " "; echo $$; exit 5';
    const person = atTerminal('--map-root', '--', 'sh', '-c', script);
    const [, own] = /(\/dev\/pts\/\d+)\r\n30 70\r\n/.exec(await person.sees(/\/dev\/pts\/\d+\r\n30 70\r\n/)) ?? [];
    const theirs = (await run('readlink', [`/proc/self/fd/${person.terminal.slave.raw}`])).stdout;
    expect(own).not.toBe(theirs);
    const [sid, pid] = (await person.sees(/\d+\r\n\d+\r\n/)).split('\r\n');
    expect(sid).toBe(pid); // the leader of a session
    expect(await person.ended).toEqual([5, null]);
  });

  it('has job control, and keys that interrupt', async () => {
    const person = atTerminal(...inside, 'bash', '--norc', '--noediting', '-i');
    await person.sees(/\$ |# |> /);
    person.type('sleep 1000 & jobs\r');
    await person.sees(/\[1\]\+? +Running +sleep 1000/);
    person.type('kill %1; wait; echo one=$((0+1))\r');
    await person.sees(/one=1\r\n/);
    person.type(`${sleeping}\r`);
    await person.sees(/\ngo\r\n/);
    person.type('\x03');
    await person.sees(/\^C/);
    person.type('echo status=$?\r');
    await person.sees(/status=130\r\n/);
    person.type(`${sleeping}\r`);
    await person.sees(/\ngo\r\n/);
    person.type('\x1a');
    await person.sees(/Stopped/);
    person.type('kill -KILL %1; exec sh -c "exit 9"\r');
    expect(await person.ended).toEqual([9, null]);
  });

  it('follows the size of ours', async () => {
    const person = atTerminal(
      ...inside,
      'sh',
      '-c',
      'trap "stty size" WINCH; echo ready; while :; do sleep 0.05; done',
    );
    await person.sees(/ready/);
    person.resize(11, 22);
    await person.sees(/11 22\r\n/);
    process.kill(person.netns, 'SIGTERM');
    await person.ended;
  });

  it('passes signals on, and ends as the command does', async () => {
    const person = atTerminal(
      '--map-root',
      '--',
      'sh',
      '-c',
      'trap "echo told; exit 4" TERM; echo ready; while :; do sleep 0.05; done',
    );
    await person.sees(/ready/);
    process.kill(person.netns, 'SIGTERM');
    await person.sees(/told/);
    expect(await person.ended).toEqual([4, null]);
    const killed = atTerminal(...inside, 'sh', '-c', 'kill -KILL $$');
    const [code, signal] = await killed.ended;
    expect([code === 137 || code === null, signal === null || signal === 'SIGKILL']).toEqual([true, true]);
  });

  it('takes the command along when it is killed', async () => {
    const person = atTerminal('--map-root', '--', 'sh', '-c', 'echo pid=$$; exec sleep 1000');
    const pid = Number(/\d+/.exec(await person.sees(/pid=\d+\r\n/))?.[0]);
    process.kill(person.netns, 'SIGKILL');
    await person.ended;
    for (let i = 0; i < 200 && isAlive(pid); i++) await setTimeout(10);
    expect(isAlive(pid)).toBe(false);
  });

  it('leaves our terminal as it was, whatever happens', async () => {
    for (const [status, ...words] of [
      [0, '--map-root', '--', 'true'],
      [7, '--map-root', '--', 'sh', '-c', 'stty -echo raw; exit 7'],
      [127, '--map-root', '--', '/nope'],
      [125, '--map-root', '--cwd', '/nope', '--', 'true'],
    ] as const) {
      const person = atTerminal(...words);
      const before = settings(person.terminal.slave.raw);
      expect(await person.ended).toEqual([status, null]);
      expect(settings(person.terminal.slave.raw)).toBe(before);
    }
  });

  it('says what went wrong on our terminal', async () => {
    const person = atTerminal('--map-root', '--cwd', '/nope', '--', 'true');
    await person.sees(/^netns: cannot go to \/nope: No such file or directory \(ENOENT, chdir\)\r\n/);
    expect(await person.ended).toEqual([125, null]);
  });

  it('takes input and gives output that are no terminal', async () => {
    const script = 'stty -echo; echo ready; cat; [ -t 1 ] && echo end';
    const words = ['run', '--terminal', '--map-root', '--', 'sh', '-c', script];
    const child = spawn(command, words, { env: { PATH: readablePath } });
    child.stdout.once('data', () => child.stdin.end('one\ntwo\n'));
    const stdout = 'ready\r\none\r\ntwo\r\nend\r\n';
    expect(await endOf(child)).toEqual({ stdout, stderr: '', exitCode: 0, signal: null });
  });

  it('shows all of a long output', async () => {
    const words = ['run', '-t', '--map-root', '--', 'seq', '50000'];
    const { stdout } = await run(command, words, { env: { PATH: readablePath }, stdio: ['ignore', 'pipe', 'pipe'] });
    expect(stdout.split('\r\n').slice(0, -1)).toEqual(Array.from({ length: 50_000 }, (_, i) => String(i + 1)));
  });

  it('ends the command when nobody looks any more', async () => {
    for (const place of [['--map-root'], ['--map-root', '--new', 'pid']]) {
      const words = ['run', '-t', ...place, '--', 'sh', '-c', 'while echo line; do :; done'];
      const script = '("$@"; echo "status $?" >&2) | head -n 1';
      const { stdout, stderr } = await run('sh', ['-c', script, 'sh', command, ...words], {
        env: { PATH: readablePath },
      });
      expect([stdout, stderr]).toEqual(['line\r\n', expect.stringMatching(/^(Hangup\n)?status 129\n$/)]);
    }
  });

  it('has no answer in JSON, but steps', async () => {
    const env = { PATH: readablePath };
    const json = await run(command, ['run', '-t', '--json', 'true'], { env });
    expect([json.exitCode, json.stderr.split('\n')[0]]).toEqual([125, 'netns: an answer in JSON has no terminal']);
    const { stdout } = await run(command, ['run', '-t', '--dry-run', 'true'], { env });
    expect(stdout).toContain('setsid(), ioctl(0, TIOCSCTTY)');
  });
});

describe('netns run without --terminal', () => {
  it('gives the command our terminal, and job control in a new pid namespace', async () => {
    const person = new Person(command, 'run', ...inside, 'bash', '--norc', '--noediting', '-i');
    await person.sees(/# |> /);
    person.type(`${sleeping}\r`);
    await person.sees(/\ngo\r\n/);
    person.type('\x1a');
    await person.sees(/Stopped/);
    person.type('kill -KILL %1; exec sh -c "exit 9"\r');
    expect(await person.ended).toEqual([9, null]);
  });

  it('stops, goes on and is interrupted with its command', async () => {
    const person = new Person('bash', '--norc', '--noediting', '-i');
    await person.sees(/# |> |\$ /);
    person.type(`${command} run --new pid --map-root -- ${sleeping}\r`);
    await person.sees(/\ngo\r\n/);
    person.type('\x1a');
    await person.sees(/Stopped/);
    person.type('fg\r');
    await person.sees(/fg\r\n[^\n]*sleep 1000'\r\n/);
    await setTimeout(1000); // it goes on silently
    person.type('\x03');
    await person.sees(/\^C/);
    person.type('echo status=$?\r');
    await person.sees(/status=130\r\n/);
    person.type('exit 0\r');
    expect(await person.ended).toEqual([0, null]);
  });
});

describe('passThrough', () => {
  it('shows every byte as it is, and goes back', () => {
    using terminal = openPseudoTerminal();
    const { slave, master } = terminal;
    const buffer = Buffer.alloc(16);
    const written = () => {
      syscall('write', slave.raw, Buffer.from('a\n'), 2);
      return buffer.toString('latin1', 0, syscall('read', master.raw, buffer, 16));
    };
    expect(written()).toBe('a\r\n');
    const before = settings(slave.raw);
    const restore = passThrough(slave.raw);
    expect(written()).toBe('a\n');
    restore();
    expect(settings(slave.raw)).toBe(before);
    expect(written()).toBe('a\r\n');
  });

  it('leaves alone what is no terminal', () => {
    expect(() => passThrough(-1)()).not.toThrow();
  });
});
