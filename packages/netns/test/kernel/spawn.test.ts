import { AsyncLocalStorage } from 'node:async_hooks';
import { type ChildProcess, execFileSync, spawn as nodeSpawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, openSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { InvalidArgumentError, KernelError } from '../../src/errors.ts';
import { createNamespace, type Namespace } from '../../src/namespaces/namespace.ts';
import { O_CLOEXEC, O_NONBLOCK, O_RDWR } from '../../src/native/constants.ts';
import { perform } from '../../src/native/syscall.ts';
import { type ExecOptions, execIn, type SpawnOptions, spawnIn } from '../../src/process/spawn.ts';
import { endOf, temporaryDirectory } from './support/run.ts';

/** The ways in which a command may be started, and what makes the library take each. All must do the same. */
const ways: Readonly<Record<string, SpawnOptions>> = {
  'by system calls alone': { mounts: false },
  'by the helper': { mounts: true },
  "by Node's own spawn and the helper": { mounts: true, uid: 0 },
};

const directory = temporaryDirectory('spawn');
const file = (name: string) => join(directory, name);
beforeAll(() => {
  writeFileSync(file('plain'), 'echo hello');
  writeFileSync(file('a-script'), 'echo "script $1"');
  writeFileSync(file('broken'), '#!/nonexistent/interpreter\n');
  chmodSync(file('a-script'), 0o755);
  chmodSync(file('broken'), 0o755);
  symlinkSync('nowhere', file('dangling'));
});

/** Descriptors that this process was started with for whatever it starts, beyond the standard ones. */
const inherited = readdirSync('/proc/self/fdinfo').filter((fd) => {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0';
    return Number(fd) > 2 && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    return false;
  }
});

describe.each(Object.entries(ways))('a command that is started %s', (_, way) => {
  let namespace: Namespace;
  beforeAll(() => {
    namespace = createNamespace('net');
    return () => namespace.close();
  });

  const exec = (command: string, args: readonly string[] = [], options: ExecOptions = {}) =>
    execIn(namespace, command, args, { ...(way as ExecOptions), ...options });
  const sh = (script: string, options: ExecOptions = {}) => exec('sh', ['-c', script], options);
  const spawn = (command: string, args: readonly string[] = [], options: SpawnOptions = {}) =>
    spawnIn(namespace, command, args, { ...way, ...options });

  it('is in the namespace, and we are not', async () => {
    const { stdout } = await exec('readlink', ['/proc/self/ns/net']);
    expect(stdout).toBe(`${namespace}\n`);
  });

  it('has the process id that we are told', async () => {
    const child = spawn('sh', ['-c', 'echo $$ $PPID']);
    const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
    expect(String(line)).toBe(`${child.pid} ${process.pid}\n`);
    await once(child, 'close');
  });

  it.each([0, 1, 3, 125, 126, 127, 255])('ends with exit status %d', async (status) => {
    expect(await sh(`exit ${status}`)).toEqual({ stdout: '', stderr: '', exitCode: status, signal: undefined });
  });

  it.each(['SIGTERM', 'SIGKILL', 'SIGINT', 'SIGHUP', 'SIGPIPE', 'SIGUSR1'] as const)('ends by %s', async (signal) => {
    const { exitCode, signal: seen } = await sh(`kill -${signal.slice(3)} $$`);
    expect([exitCode, seen]).toEqual([undefined, signal]);
  });

  it('can be killed', async () => {
    const child = spawn('sleep', ['100']);
    await child.ready;
    expect(child.kill('SIGTERM')).toBe(true);
    expect(await once(child, 'close')).toEqual([null, 'SIGTERM']);
    expect(child.kill()).toBe(false);
  });

  it('reads its input and writes both outputs, whatever their length', async () => {
    const input = Buffer.alloc(3_000_000, 'abcdefghij');
    const script = `cat > ${file('copy')}; cat ${file('copy')} & cat ${file('copy')} >&2; wait`;
    const { stdout, stderr } = await sh(script, { input });
    expect([stdout === input.toString(), stderr === input.toString()]).toEqual([true, true]);
  });

  it('need not read its input', async () => {
    expect((await exec('true', [], { input: Buffer.alloc(1_000_000) })).exitCode).toBe(0);
  });

  it('has an empty input by default', async () => {
    expect((await exec('cat')).stdout).toBe('');
  });

  it('takes descriptors for its streams', async () => {
    writeFileSync(file('in'), 'from a file');
    const [input, output] = [openSync(file('in'), 'r'), openSync(file('out'), 'w')];
    const child = spawn('sh', ['-c', 'cat; echo gone >&2; echo three >&3'], {
      stdio: [input, output, 'ignore', 'pipe'],
    });
    closeSync(input);
    closeSync(output);
    let three = '';
    child.stdio[3]?.on('data', (text) => {
      three += text;
    });
    await once(child, 'close');
    expect([readFileSync(file('out'), 'utf8'), three, child.stdout, child.stderr]).toEqual([
      'from a file',
      'three\n',
      null,
      null,
    ]);
  });

  it('is as one that Node itself starts', async () => {
    const looks = async (child: ChildProcess) => {
      const spawned = once(child, 'spawn');
      const { pid, spawnfile, spawnargs, stdin, stdout, stderr, stdio, connected, exitCode } = child;
      const before = { pid: typeof pid, spawnfile, spawnargs, stdin, stdout, stderr, stdio, connected, exitCode };
      await spawned;
      const [closed] = await Promise.all([once(child, 'close'), once(child, 'exit')]);
      return { ...before, parts: Object.keys(child).filter((name) => name !== 'ready'), closed, kill: child.kill() };
    };
    const [ours, theirs] = [
      await looks(spawn('sh', ['-c', 'exit 3'], { stdio: 'ignore' })),
      await looks(nodeSpawn('sh', ['-c', 'exit 3'], { stdio: 'ignore' })),
    ];
    if (String(ours.spawnfile) === 'sh')
      expect(ours).toEqual(theirs); // else it is the helper, which becomes the program
    else expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
  });

  it('tells of each end once, in its own asynchronous context, also when many end at once', async () => {
    const context = new AsyncLocalStorage<number>();
    const told: unknown[] = [];
    const wave = Array.from({ length: 40 }, (_, code) =>
      context.run(code, () => {
        const child = spawn('sh', ['-c', `exit ${code}`], { stdio: 'ignore' });
        child.on('exit', (ended) => told.push([code, ended, context.getStore()]));
        return once(child, 'close');
      }),
    );
    await Promise.all(wave);
    const byCode = (told as number[][]).sort(([a = 0], [b = 0]) => a - b);
    expect(byCode).toEqual(wave.map((_, code) => [code, code, code]));
  });

  it('is in the namespace although it is given another one under the number that this one has with us', async () => {
    using other = createNamespace('net');
    const place = namespace.fd.raw;
    const stdio = Array.from({ length: place + 1 }, (_, index) =>
      index === place ? other.fd.raw : index === 1 ? 'pipe' : 'ignore',
    );
    const { stdout } = await endOf(spawn('readlink', ['/proc/self/ns/net', `/proc/self/fd/${place}`], { stdio }));
    expect(stdout).toBe(`${namespace}\n${other}\n`);
  });

  it('can have a channel for messages', async () => {
    const child = spawn(
      process.execPath,
      ['-e', "process.once('message', (m) => process.send([m, process.env.HOME]))"],
      {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      },
    );
    child.send('hello');
    const [answer] = await once(child, 'message');
    child.disconnect();
    await once(child, 'exit');
    expect(answer).toEqual(['hello', process.env.HOME]);
  });

  it('has standard streams that block', async () => {
    execFileSync('mkfifo', [file('fifo')]);
    const fifo = openSync(file('fifo'), O_RDWR | O_NONBLOCK);
    rmSync(file('fifo'));
    const child = spawn('cat', ['/proc/self/fdinfo/0', '/proc/self/fdinfo/1'], { stdio: [fifo, 'pipe', 'pipe'] });
    const { stdout } = await endOf(child);
    closeSync(fifo);
    const flags = [...stdout.matchAll(/^flags:\s*(\d+)/gm)].map(
      ([, text = '']) => Number.parseInt(text, 8) & O_NONBLOCK,
    );
    expect(flags).toEqual([0, 0]);
  });

  it('is an error when no descriptors are left', async () => {
    const outcome = withoutDescriptors(() => {
      try {
        return spawn('true').ready.catch((error: unknown) => error);
      } catch (error) {
        return error;
      }
    });
    expect(await outcome).toMatchObject({ code: 'EMFILE' });
    expect((await exec('true')).exitCode).toBe(0);
  });

  it('has no descriptors of ours but the standard ones', async () => {
    const { stdout } = await sh('ls /proc/self/fd');
    const seen = stdout.split('\n').filter((fd) => fd !== '' && !inherited.includes(fd));
    expect(seen.sort()).toEqual(['0', '1', '2', '3']); // the fourth is the directory that `ls` reads
  });

  it('starts with the default signals, none blocked', async () => {
    const { stdout } = await exec('cat', ['/proc/self/status']);
    const none = '0'.repeat(16);
    expect([...stdout.matchAll(/^Sig(?:Blk|Ign|Cgt):\s+(\w+)/gm)].map(([, set]) => set)).toEqual([none, none, none]);
  });

  it('has the environment and the directory that we give it', async () => {
    const { stdout } = await exec('sh', ['-c', 'echo "$A|$HOME|$PWD"'], {
      cwd: '/usr',
      env: { A: 'x y', PATH: '/bin' },
    });
    expect(stdout).toBe('x y||/usr\n');
    process.env.NETNS_SPAWN_TEST = 'inherited';
    expect((await sh('echo $NETNS_SPAWN_TEST')).stdout).toBe('inherited\n');
    delete process.env.NETNS_SPAWN_TEST;
  });

  it('gets its words as they are', async () => {
    const words = ['', ' ', '--', '-x', 'a"b', "a'b", '$HOME', '*', 'new\nline', 'ü'];
    const { stdout } = await exec('printf', ['<%s>', ...words]);
    expect(stdout).toBe(words.map((word) => `<${word}>`).join(''));
  });

  it('leads a session of its own if it is detached', async () => {
    const child = spawn('sh', ['-c', 'cut -d" " -f5,6 /proc/$$/stat'], { detached: true });
    const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
    await once(child, 'close');
    expect(String(line)).toBe(`${child.pid} ${child.pid}\n`);
  });

  it('is ended by a limit of time', async () => {
    // Long enough for a busy machine to start the command.
    const ends = await Promise.all([
      exec('sleep', ['100'], { timeout: 1000 }),
      exec('sleep', ['100'], { timeout: 1000, killSignal: 'SIGKILL' }),
    ]);
    expect(ends.map(({ signal }) => signal)).toEqual(['SIGTERM', 'SIGKILL']);
  });

  describe('that cannot be run', () => {
    // A directory of PATH that may not be searched would make all of it EACCES.
    const env = { PATH: '/bin:/usr/bin' };

    it.each([
      ['nosuchcommand', 'ENOENT', 'No such file or directory'],
      ['', 'ENOENT', 'No such file or directory'],
      [file('missing'), 'ENOENT', 'No such file or directory'],
      [file('dangling'), 'ENOENT', 'No such file or directory'],
      [file('broken'), 'ENOENT', 'No such file or directory'],
      [file('plain'), 'EACCES', 'Permission denied'],
      [directory, 'EACCES', 'Permission denied'],
      [file('plain/below'), 'ENOTDIR', 'Not a directory'],
    ])('is an error: %j', async (command, code, text) => {
      const error = await exec(command, [], { env }).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(KernelError);
      expect([(error as KernelError).code, (error as KernelError).message]).toEqual([
        code,
        `cannot run ${command}: ${text} (${code}, execve)`,
      ]);
    });

    it('is told by `ready` and by the exit', async () => {
      const child = spawn('nosuchcommand', [], { env });
      await expect(child.ready).rejects.toThrow('cannot run nosuchcommand: No such file or directory (ENOENT, execve)');
      await ended(child);
    });

    it('is told of each of many that start at the same time', async () => {
      const wanted = Array.from({ length: 40 }, (_, index) =>
        index % 4 === 3 ? ['nosuchcommand', 'ENOENT'] : index % 10 === 0 ? [file('plain'), 'EACCES'] : ['true', 'runs'],
      );
      const children = wanted.map(([command = '']) => spawn(command, [], { env, stdio: 'ignore' }));
      const asked = children.filter((_, index) => index % 2 === 0).map(({ ready }) => ready);
      const codes = await Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve))));
      expect(codes).toEqual(wanted.map(([, told]) => (told === 'runs' ? 0 : 1)));
      await Promise.allSettled(asked);
      // Also for who only asks when all is over.
      const told = children.map(({ ready }) =>
        ready.then(
          () => 'runs',
          ({ code }) => code,
        ),
      );
      expect(await Promise.all(told)).toEqual(wanted.map(([, told]) => told));
    });

    it.each([
      ['is missing', '/nonexistent', 'ENOENT'],
      ['has a name that is too long', `/${'x'.repeat(5000)}`, 'ENAMETOOLONG'],
    ])('because the directory %s', async (_, cwd, code) => {
      const error: unknown = await exec('true', [], { cwd }).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(KernelError);
      expect(error).toMatchObject({ code });
      // By its own spawn, Node does not tell what it was that failed.
      if (way.uid === undefined) expect(error).toMatchObject({ operation: `go to ${cwd}`, syscall: 'chdir' });
    });

    it('is run by the shell if it is a script without a first line', async () => {
      expect((await exec(file('a-script'), ['a'])).stdout).toBe('script a\n');
    });

    it('is looked for in the PATH that it gets', async () => {
      expect((await exec('a-script', ['b'], { env: { PATH: `/nonexistent:${directory}:/bin` } })).stdout).toBe(
        'script b\n',
      );
      await expect(exec('a-script', [], { env: { PATH: '/bin' } })).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(exec('plain', [], { env: { PATH: directory } })).rejects.toMatchObject({ code: 'EACCES' });
      expect((await exec('true', [], { env: {} })).exitCode).toBe(0);
    });

    it.each([
      ['a word is', ['x'.repeat(200_000)], {}],
      ['all words together are', Array(40).fill('x'.repeat(100_000)), {}],
      ['a variable is', [], { env: { ...process.env, LONG: 'x'.repeat(200_000) } }],
    ])('because %s too long', async (_, args, options) => {
      const error: unknown = await exec('true', args, options).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(KernelError);
      expect(error).toMatchObject({ code: 'E2BIG', syscall: 'execve', operation: 'run true' });
    });

    it.each<[string, readonly string[], ExecOptions]>([
      ['a word', ['a\0b'], {}],
      ['a variable', [], { env: { A: 'a\0b' } }],
      ['the name of a variable', [], { env: { 'A\0': 'b' } }],
      ['the directory', [], { cwd: '/tmp\0/x' }],
      ['the directory of /etc', [], { mounts: true, etc: '/tmp\0/x' }],
    ])('because %s has a NUL in it', async (_, args, options) => {
      await expect(exec('echo', args, options)).rejects.toThrow(InvalidArgumentError);
    });
  });

  describe('and is aborted', () => {
    it('ends', async () => {
      const controller = new AbortController();
      const running = exec('sleep', ['100'], { signal: controller.signal });
      await setTimeout(100);
      controller.abort();
      await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    });

    it('before it starts, ends at once', async () => {
      await expect(exec('sleep', ['100'], { signal: AbortSignal.abort() })).rejects.toMatchObject({
        name: 'AbortError',
      });
    });

    it('leaves nothing on a signal that lives longer', async () => {
      const { signal } = new AbortController();
      const warnings: Error[] = [];
      const onWarning = (warning: Error) => warnings.push(warning);
      process.on('warning', onWarning);
      for (let round = 0; round < 12; round++) await exec('true', [], { signal });
      await setTimeout(10);
      process.off('warning', onWarning);
      expect(warnings).toEqual([]);
    });
  });

  it('has closed the namespace before: says so', () => {
    const gone = createNamespace('net');
    gone.close();
    expect(() => spawnIn(gone, 'true', [], way)).toThrow('the new net namespace is closed');
  });

  it('may outlive the object that it was started with', async () => {
    const short = createNamespace('net');
    const child = spawnIn(short, 'sh', ['-c', 'read line; readlink /proc/self/ns/net'], way);
    await child.ready;
    const name = String(short);
    short.close();
    child.stdin?.end('\n');
    const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
    expect(String(line)).toBe(`${name}\n`);
    await once(child, 'close');
  });

  it('many at once do not disturb each other', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => sh(`echo ${index}; exit ${index}`)));
    expect(results.map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual(
      Array.from({ length: 20 }, (_, index) => [`${index}\n`, index]),
    );
  });
});

/** Runs `work` when no more descriptors can be opened. */
function withoutDescriptors<T>(work: () => T): T {
  const limits = new BigUint64Array(2);
  const bytes = new Uint8Array(limits.buffer);
  const RLIMIT_NOFILE = 7;
  perform('look', 'prlimit64', 0, RLIMIT_NOFILE, null, bytes);
  const [before = 0n] = limits;
  const open = readdirSync('/proc/self/fd').map(Number);
  let free = 0;
  while (open.includes(free)) free++;
  limits[0] = BigInt(free);
  perform('limit', 'prlimit64', 0, RLIMIT_NOFILE, bytes, null);
  try {
    return work();
  } finally {
    limits[0] = before;
    perform('restore', 'prlimit64', 0, RLIMIT_NOFILE, bytes, null);
  }
}

/** The end of a child that may have ended already. */
async function ended(child: ReturnType<typeof spawnIn>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null)
    await Promise.race([once(child, 'close'), setTimeout(2000)]);
}
