import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createNamed } from '../../src/namespaces/named.ts';
import { removeName } from '../../src/namespaces/names.ts';

const front = fileURLToPath(new URL('../../bin/netns', import.meta.url));

function run(...words: string[]) {
  const { stdout, stderr, status, signal } = spawnSync(front, ['run', ...words], { encoding: 'utf8', input: '' });
  return { stdout, stderr, status, signal };
}

const well = { stderr: '', status: 0, signal: null };

describe('netns run', () => {
  it('runs a command in new namespaces, as their root', () => {
    expect(run('--new', 'net,pid,mnt', '--map-root', '--', 'sh', '-c', 'id -u; echo $$; ls /sys/class/net')).toEqual({
      ...well,
      stdout: '0\n2\nlo\n',
    });
  });

  it('has the environment that it is told to have', () => {
    const env = (...words: string[]) =>
      run('--map-root', ...words, '--', '/usr/bin/env')
        .stdout.split('\n')
        .filter(Boolean);
    expect(env('--clear-env', '--env', 'A=1', '-e', 'B=x=y', '-e', 'PATH')).toEqual([
      'A=1',
      'B=x=y',
      `PATH=${process.env.PATH}`,
    ]);
    expect(env('--env', 'A=1')).toEqual(expect.arrayContaining(['A=1', `PATH=${process.env.PATH}`]));
    expect(env('--clear-env')).toEqual([]);
    const { stdout } = run('--map-root', '--json', '--clear-env', '--env', 'A=1', '/usr/bin/env');
    expect(JSON.parse(stdout).stdout).toBe('A=1\n');
  });

  it('shows the devices of a namespace that is entered, with mounts of its own', () => {
    createNamed('seen').close();
    try {
      expect(spawnSync(front, ['ip', '-n', 'seen', 'link', 'add', 'br9', 'type', 'bridge']).status).toBe(0);
      expect(run('--in', 'seen', '--new', 'mnt', '--', 'ls', '/sys/class/net')).toEqual({
        ...well,
        stdout: 'br9\nlo\n',
      });
      expect(run('--in', 'seen', '--new', 'mnt', '--no-mounts', 'ls', '/sys/class/net').stdout).not.toContain('br9');
    } finally {
      removeName('seen');
    }
  });

  it('is called as it is told', () => {
    const { stdout } = run('--map-root', '--argv0', 'other', '--', 'sh', '-c', 'tr "\\0" " " < /proc/$$/cmdline; true');
    expect(stdout).toMatch(/^other -c /);
  });

  it('shows no steps to those who list processes', () => {
    const words = ['--new', 'pid,mnt', '--map-root', '--', 'sh', '-c', 'cat /proc/1/cmdline; true'];
    expect(run(...words)).toEqual({ ...well, stdout: 'nsexec\0' });
  });

  it('ends as the command does', () => {
    expect(run('--new', 'pid', '--map-root', '--', 'sh', '-c', 'exit 7').status).toBe(7);
    expect(run('--new', 'pid', '--map-root', '--', 'sh', '-c', 'kill -9 $$').signal).toBe('SIGKILL');
    expect(run('--map-root', '/nope')).toMatchObject({
      status: 127,
      stderr: 'netns: cannot run /nope: No such file or directory\n',
    });
    expect(run('--map-root', '/')).toMatchObject({ status: 126 });
  });

  it('shows the steps, for people and for programs', () => {
    expect(run('--new', 'uts', '--map-root', '--hostname', 'x', '--dry-run', 'true').stdout).toContain(
      'sethostname("x")',
    );
    const { steps, command } = JSON.parse(run('--map-root', '--dry-run', '--json', 'true').stdout);
    expect(steps[0].call).toBe('unshare(CLONE_NEWUSER)');
    expect(command).toEqual(['true']);
  });

  it('answers in JSON', () => {
    const words = ['--new', 'uts', '--map-root', '--hostname', 'x', '--json', 'hostname'];
    expect(JSON.parse(run(...words).stdout)).toEqual({ status: 0, stdout: 'x\n', stderr: '' });
    expect(JSON.parse(run('--map-root', '--cwd', '/nope', '--json', 'true').stdout)).toMatchObject({
      status: 125,
      error: { code: 'ENOENT' },
    });
  });

  it.each([
    [['--new', 'pit', 'true'], "there is no namespace type 'pit'; did you mean 'pid'?"],
    [['--map-root'], 'which command?'],
    [['--map', '1:2:3:4', 'true'], "'1:2:3:4' is no map"],
    [['--limit', 'disk=1', 'true'], "'disk=1' is no limit"],
    [['--as', 'nobody-at-all', 'true'], "there is no user 'nobody-at-all'"],
    [['--hostname', 'x', 'true'], 'a uts namespace is needed (--new uts)'],
    [['--in', 'nope', 'true'], 'No such file or directory'],
    [['--in', '4194304', 'true'], 'No such process'],
    [['--map', '0:0:10,5:20:10', 'true'], 'two ranges overlap inside at 5'],
    [['--map', '0:0:10,10:5:10', 'true'], 'two ranges overlap outside at 5'],
    [['--map', '0:0:4294967296', 'true'], 'ids end at 4294967294'],
    [['--map', '0:0:0', 'true'], 'the range is empty'],
    [['--map', Array.from({ length: 341 }, (_, i) => `${i}:${i}:1`).join(), 'true'], 'more than 340 ranges'],
    [['--cgroup', '/nope', 'true'], 'cannot join /nope: No such file or directory'],
    [['--new', 'net', '--proc', 'true'], 'a mount namespace is needed'],
  ])('%j is one clear line', (words, text) => {
    const { stderr, status } = run(...words);
    expect(stderr.split('\n')[0]).toContain(text);
    expect(status).toBe(125);
  });
});
