import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNamed } from '../../src/namespaces/named.ts';
import { prepareRunDirectory } from '../../src/namespaces/run-directory.ts';
import { nsexecPath } from '../../src/native/addon.ts';
import { bundleProgram, endOf, run, temporaryDirectory } from './support/run.ts';
import { emptyRunDirectory, pathOf } from './support/run-directories.ts';

const program = bundleProgram('become');

beforeEach(() => {
  prepareRunDirectory();
  createNamed('a').close();
});
afterEach(emptyRunDirectory);

/** The words of a Node process that becomes `command` in the namespace `a`. */
function become(command: string, args: readonly string[] = [], order: object = {}): [string, ...string[]] {
  return [process.execPath, program, JSON.stringify({ name: 'a', command, args, ...order })];
}

async function output(words: readonly string[]): Promise<string> {
  const [file = '', ...args] = words;
  const { stdout, ...end } = await run(file, args);
  expect(end).toEqual({ stderr: '', exitCode: 0, signal: null });
  return stdout;
}

const sh = (script: string, order: object = {}) => become('sh', ['-c', script], order);

describe('a process that becomes a command', () => {
  it('is in the namespace', async () => {
    expect(await output(become('readlink', ['/proc/self/ns/net']))).toMatch(/^net:\[\d+\]\n$/);
    const [inside, outside] = [
      await output(become('readlink', ['/proc/self/ns/net'])),
      await output(['readlink', '/proc/self/ns/net']),
    ];
    expect(inside).not.toBe(outside);
  });

  it('keeps its process id and its parent', async () => {
    const [file, ...args] = sh('echo $$ $PPID');
    const child = spawn(file, args);
    const { stdout } = await endOf(child);
    expect(stdout).toBe(`${child.pid} ${process.pid}\n`);
  });

  it('has the default signals, none blocked', async () => {
    const status = await output(become('cat', ['/proc/self/status']));
    const none = '0'.repeat(16);
    expect([...status.matchAll(/^Sig(?:Pnd|Blk|Ign|Cgt):\s+(\w+)/gm)].map(([, set]) => set)).toEqual(
      Array(4).fill(none),
    );
    expect(status).toMatch(/^Threads:\s+1$/m);
  });

  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGINT', 'SIGINT'],
    ['SIGPIPE', 'SIGPIPE'],
  ] as const)('is ended by %s', async (signal, seen) => {
    const [file, ...args] = sh('echo ready; read line');
    const child = spawn(file, args);
    const end = endOf(child);
    await once(child.stdout, 'data');
    child.kill(signal);
    expect((await end).signal).toBe(seen);
  });

  it('ends with the exit status of the command', async () => {
    const [file, ...args] = sh('exit 42');
    expect(await run(file, args)).toEqual({ stdout: '', stderr: '', exitCode: 42, signal: null });
  });

  it('gets its standard streams as they were, and blocking', async () => {
    const [file, ...args] = sh(
      'cat; grep flags /proc/self/fdinfo/0 /proc/self/fdinfo/1 /proc/self/fdinfo/2 | cut -f2; echo x >&2',
    );
    const child = spawn(file, args);
    const end = endOf(child);
    child.stdin.end('from our input\n');
    const { stdout, stderr } = await end;
    const [line, ...flags] = stdout.trim().split('\n');
    expect([line, stderr]).toEqual(['from our input', 'x\n']);
    const nonBlocking = flags.map((text) => Number.parseInt(text, 8) & 0o4000);
    expect(nonBlocking).toEqual([0, 0, 0]);
  });

  it('has no other descriptors than those that it was started with', async () => {
    const listing = ['sh', '-c', 'ls /proc/self/fd'];
    expect(await output(become('sh', listing.slice(1)))).toBe(await output(listing));
  });

  it('has the environment that it is given', async () => {
    expect(await output(sh('echo "$A|$HOME"', { environment: { A: 'x=y', PATH: '/bin' } }))).toBe('x=y|\n');
    const twice = [nsexecPath, '--', 'env'];
    expect(await output(['env', '-i', 'PATH=/bin:/usr/bin', 'A=1', ...twice])).toBe('PATH=/bin:/usr/bin\nA=1\n');
  });

  it('has the limit of open files back that Node has raised', async () => {
    const limited = ['prlimit', '--nofile=256:512', '--'];
    const script = 'echo $(ulimit -Sn) $(ulimit -Hn)';
    expect(await output([...limited, ...sh(script, { softFileLimit: 256 })])).toBe('256 512\n');
    expect(await output([...limited, ...sh(script)])).toBe('512 512\n');
    expect(await output([...limited, ...sh(script, { softFileLimit: 100_000 })])).toBe('512 512\n');
  });

  it('stays what it was if the helper is missing', async () => {
    const home = temporaryDirectory('no-helper');
    const prebuilds = join(home, 'prebuilds', `linux-${process.arch}`);
    mkdirSync(prebuilds, { recursive: true });
    symlinkSync(join(dirname(nsexecPath), 'netns.node'), join(prebuilds, 'netns.node'));
    const lonely = bundleProgram('become', join(home, 'src/native'));
    const end = await run(process.execPath, [lonely, become('true')[2] ?? '']);
    expect(end).toEqual({
      stdout: '',
      stderr: `KernelError: cannot run ${prebuilds}/nsexec: No such file or directory (ENOENT, execve)\n`,
      exitCode: 99,
      signal: null,
    });
  });
});

describe('a terminal', () => {
  const script = spawnSync('script', ['--version']).status === 0 ? undefined : 'script(1) is not installed';

  it.skipIf(script)('is kept, with its size and its foreground process group', async () => {
    const words = sh('tty; test -t 0 -a -t 1 -a -t 2 && echo all three; cut -d" " -f5,8 /proc/$$/stat');
    const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    const end = await run('script', ['-qec', line, '/dev/null'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [tty, three, groups] = end.stdout.split('\r\n');
    expect([tty, three]).toEqual([expect.stringMatching(/^\/dev\/pts\/\d+$/), 'all three']);
    const [group, foreground] = groups?.split(' ') ?? [];
    expect(group).toBe(foreground);
  });
});

describe('a command that cannot be run in place', () => {
  it.each([
    ['ip', 'nosuch', 1, 'exec of "nosuch" failed: No such file or directory'],
    ['ip', '/etc/passwd', 1, 'exec of "/etc/passwd" failed: Permission denied'],
    ['shell', 'nosuch', 127, 'netns: cannot run nosuch: No such file or directory'],
    ['shell', '/etc/passwd', 126, 'netns: cannot run /etc/passwd: Permission denied'],
  ])('is told in the style of %s: %s', async (style, command, exitCode, message) => {
    // A directory of PATH that may not be searched would make it EACCES.
    const [file, ...args] = become(command, [], { style, environment: { PATH: '/bin:/usr/bin' } });
    expect(await run(file, args)).toEqual({ stdout: '', stderr: `${message}\n`, exitCode, signal: null });
  });

  it.each([
    ['ip', 'missing', 255, 'Cannot open network namespace "missing": No such file or directory'],
    ['ip', 'stale', 255, 'setting the network namespace "stale" failed: Invalid argument'],
    ['shell', 'missing', 125, 'netns: cannot open network namespace "missing": No such file or directory'],
    ['shell', 'stale', 125, 'netns: cannot enter network namespace "stale": Invalid argument'],
  ])('because of the name, in the style of %s: %s', async (style, name, exitCode, message) => {
    writeFileSync(pathOf('stale'), '');
    const [file, ...args] = become('true', [], { style, name });
    expect(await run(file, args)).toEqual({ stdout: '', stderr: `${message}\n`, exitCode, signal: null });
  });
});
