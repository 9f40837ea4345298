import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

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
    [['--hostname', 'x', 'true'], 'a uts namespace is needed'],
    [['--in', 'nope', 'true'], 'No such file or directory'],
  ])('%j is one clear line', (words, text) => {
    const { stderr, status } = run(...words);
    expect(stderr.split('\n')[0]).toContain(text);
    expect([1, 125]).toContain(status);
  });
});
