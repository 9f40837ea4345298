import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command } from './support/cli.ts';
import { isRealRoot } from './support/privilege.ts';
import { run, temporaryDirectory } from './support/run.ts';

/** The mounts that unshare makes and leaves: how they spread, and interpreters for kinds of programs (binfmt_misc). */
const directory = temporaryDirectory('unshare-mounts');
const well = { stderr: '', exitCode: 0, signal: null };
const asRoot = isRealRoot ? [] : ['-r'];

/** Each user namespace has interpreters of its own since Linux 6.7; before that its root may not mount binfmt_misc. */
const interpretersMissing = (() => {
  const words = ['-rmpf', '--mount-proc', 'mount', '-t', 'binfmt_misc', 'none', '/proc/sys/fs/binfmt_misc'];
  return spawnSync('unshare', words).status === 0 ? undefined : 'this kernel gives user namespaces no binfmt_misc';
})();

describe('--propagation', () => {
  it.each([
    ['private', 'inside'],
    ['slave', 'inside outside-later'],
    ['shared', 'inside outside-later inside-later'],
    ['unchanged', 'inside outside-later inside-later'],
  ])('%s', async (propagation, expected) => {
    // A shared directory outside, with a mount made there and one made inside, and who sees which.
    const script = `
      mount -t tmpfs none "$1" && mount --make-shared "$1" && mkdir "$1/a" "$1/b" || exit 9
      mkfifo "$1/here" "$1/go" "$1/done"
      "$0" unshare -m --propagation ${propagation} sh -c 'printf inside; echo > "$1/here"; read -r line < "$1/go"
        [ -e "$1/a/mark" ] && printf " outside-later"
        mount -t tmpfs none "$1/b" && touch "$1/b/mark"; echo > "$1/done"' sh "$1" &
      read -r line < "$1/here"; mount -t tmpfs none "$1/a" && touch "$1/a/mark"; echo > "$1/go"
      read -r line < "$1/done"; wait $!
      [ -e "$1/b/mark" ] && printf " inside-later"; true`;
    const place = join(directory, propagation);
    mkdirSync(place);
    const end = await run('unshare', [...asRoot, '-m', 'sh', '-c', script, command, place]);
    expect(end).toEqual({ ...well, stdout: expected });
  });
});

describe('--mount-proc', () => {
  it('shows the new pid namespace, also below a new root', async () => {
    const script = `
      mkdir -p "$1/proc" "$1/usr" && mount --bind /usr "$1/usr" && ln -s usr/bin usr/lib usr/lib64 usr/sbin "$1" || exit 9
      exec "$0" unshare -pf -R "$1" --mount-proc sh -c 'echo $$; ls -d /proc/[0-9]*; pwd; readlink /proc/self'`;
    const place = join(directory, 'root');
    mkdirSync(place);
    const { stdout, ...end } = await run('unshare', [...asRoot, '-m', 'sh', '-c', script, command, place]);
    expect(end).toEqual(well);
    expect(stdout).toMatch(/^1\n\/proc\/1\n\/\n3\n$/);
  });
});

describe.skipIf(interpretersMissing !== undefined)('--mount-binfmt and --load-interp', () => {
  const definition = (interpreter: string, flags = '') => `:netnstest:M::NETNSTST::${interpreter}:${flags}`;
  const program = join(directory, 'program');
  writeFileSync(program, 'NETNSTST and more\n', { mode: 0o755 });
  const unshare = (...words: string[]) => run(command, ['unshare', ...words]);

  it('mounts the interpreters of the new user namespace', async () => {
    const { stdout, ...end } = await unshare('-rpf', '--mount-binfmt', 'ls', '/proc/sys/fs/binfmt_misc');
    expect(end).toEqual(well);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['register', 'status']));
    const place = join(directory, 'binfmt');
    mkdirSync(place);
    expect(await unshare('-r', `--mount-binfmt=${place}`, 'test', '-e', `${place}/status`)).toEqual({
      ...well,
      stdout: '',
    });
    expect(existsSync(join(place, 'status'))).toBe(false);
  });

  it('registers an interpreter, for what runs in there alone', async () => {
    for (const option of ['-l', '--load-interp'])
      expect(await unshare('-rpf', option, definition('/bin/echo'), program, 'argument')).toEqual({
        ...well,
        stdout: `${program} argument\n`,
      });
    expect(existsSync('/proc/sys/fs/binfmt_misc/netnstest')).toBe(false);
  });

  it('finds the interpreter before the root changes if the definition says so', async () => {
    const script = `
      mkdir -p "$1/proc" "$1/usr" && mount --bind /usr "$1/usr" && ln -s usr/bin usr/lib usr/lib64 "$1" || exit 9
      cp "$2" "$1/program" && cp /bin/echo "$1-interpreter" && chmod 755 "$1-interpreter" || exit 9
      "$0" unshare -rpf -R "$1" -l ":netnstest:M::NETNSTST::$1-interpreter:F" /program argument
      "$0" unshare -rpf -R "$1" -l ":netnstest:M::NETNSTST::$1-interpreter:" /program argument; echo $?`;
    const place = join(directory, 'other-root');
    mkdirSync(place);
    const { stdout, stderr } = await run('unshare', [...asRoot, '-m', 'sh', '-c', script, command, place, program]);
    expect([stdout, stderr]).toEqual([
      '/program argument\n127\n',
      'unshare: failed to execute /program: No such file or directory\n',
    ]);
  });

  it('says what the kernel does not understand', async () => {
    expect(await unshare('-rpf', '-l', ':broken', 'true')).toEqual({
      stdout: '',
      stderr: 'unshare: write failed /proc/sys/fs/binfmt_misc/register: Invalid argument\n',
      exitCode: 1,
      signal: null,
    });
    expect(await unshare('-r', '--mount-binfmt=/nope', 'true')).toMatchObject({
      stderr: 'unshare: mount /nope failed: No such file or directory\n',
      exitCode: 1,
    });
  });
});
