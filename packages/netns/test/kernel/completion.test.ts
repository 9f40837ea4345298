import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allVerbs } from '../../src/cli/help/all-verbs.ts';
import { createNames } from '../../src/namespaces/named.ts';
import { answer, command, netns } from './support/cli.ts';
import { run, temporaryDirectory } from './support/run.ts';
import { emptyRunDirectory } from './support/run-directories.ts';

/** What bash offers for a line: its words, the last of which is being typed. */
async function offers(...line: string[]): Promise<string[]> {
  const script = `
    source <(netns completion bash) || exit 1
    COMP_WORDS=(netns "$@") COMP_CWORD=$#
    _netns
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await run('bash', ['-c', script, 'bash', ...line], {
    env: { ...process.env, PATH: `${dirname(command)}:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

describe('completion for bash', () => {
  beforeEach(() => createNames(['blue', 'bluebell', 'red', 'a b']));
  afterEach(() => emptyRunDirectory());

  it('offers verbs', async () => {
    expect(await offers('')).toEqual(
      expect.arrayContaining([...allVerbs.map(({ name }) => name), 'help', 'lsns', 'unshare', 'nsenter', 'ip']),
    );
    expect(await offers('mo')).toEqual(['monitor']);
    expect(await offers('nothing')).toEqual([]);
  });

  it('offers names of namespaces where they stand, quoted', async () => {
    expect(await offers('del', '')).toEqual(['a\\ b', 'blue', 'bluebell', 'red']);
    expect(await offers('del', '--wait', 'red', 'bl')).toEqual(['blue', 'bluebell']);
    expect(await offers('exec', 'r')).toEqual(['red']);
    expect(await offers('run', '--in', 'blueb')).toEqual(['bluebell']);
    expect(await offers('attach', 'new', 're')).toEqual(['red']);
    expect(await offers('attach', 're')).toEqual([]);
    expect(await offers('add', '')).toEqual([]);
    expect(await offers('ls', '')).toEqual([]);
  });

  it('offers options, and their values', async () => {
    expect(await offers('del', '--')).toEqual(['--all', '--wait', '--json', '--help']);
    expect(await offers('lsns', '--type', 'u')).toEqual(['uts', 'user']);
    expect(await offers('run', '--new', 'u')).toEqual(['uts', 'user']);
    expect(await offers('run', '--new', 'net,pid,u')).toEqual(['net,pid,uts', 'net,pid,user']);
    expect(await offers('run', '--env', 'A=1', '--map', 'r')).toEqual(['root']);
    expect(await offers('run', '--kill-signal', 'TER')).toEqual(['TERM']);
    expect(await offers('lsns', '-o', 'NS,PI')).toEqual(['NS,PID']);
    expect(await offers('nsenter', '-t', `${process.pid}`)).toContain(`${process.pid}`);
    expect(await offers('lsns', '--no')).toEqual(['--notruncate', '--noheadings', '--nowrap']);
    expect(await offers('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await offers('help', 'do')).toEqual(['doctor']);
  });

  it('offers programs where a command stands, and then its words', async () => {
    expect(await offers('exec', 'blue', 'sle')).toContain('sleep');
    expect(await offers('exec', 'blue', '--', 'sle')).toContain('sleep');
    expect(await offers('exec', 'blue', 'cat', '/etc/host')).toContain('/etc/hosts');
    expect(await offers('run', '--new', 'net', 'sle')).toContain('sleep');
    expect(await offers('unshare', '-n', 'sle')).toContain('sleep');
  });
});

/** From version 4 on fish also offers what has the letters elsewhere. */
const alsoInside =
  /version (\d+)/.exec(spawnSync('fish', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] !== '3';
/** The last word of the line that is completed. */
const list = /^.* (\S+)$/m;

const fishMissing = spawnSync('fish', ['--version']).error && 'fish is not installed';

describe.skipIf(fishMissing !== undefined)('completion for fish', () => {
  it('offers options, their values, names, programs, and the words of these', async () => {
    createNames(['blue', 'red']);
    const lines: Readonly<Record<string, readonly string[]>> = {
      'netns run --ne': ['--new'],
      'netns run --new u': ['user', 'uts'],
      'netns run --new net,u': ['net,user', 'net,uts'],
      'netns del --wait b': ['blue'],
      'netns exec b': ['blue'],
      'netns exec blue cat /etc/hostn': ['/etc/hostname'],
      'netns run --new net --map root -- cat /etc/hostn': ['/etc/hostname'],
      'netns run --in blue cat --new': [], // the options are those of cat
      'netns unshare -n /bin/mkdi': ['/bin/mkdir'],
      'netns help do': ['doctor'],
    };
    const script = `netns completion fish | source\n${Object.keys(lines)
      .map((line) => `echo '= ${line}'; complete -C '${line}'`)
      .join('\n')}`;
    const { stdout, stderr } = await run('fish', ['--no-config', '-c', script], {
      env: { ...process.env, PATH: `${dirname(command)}:${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    emptyRunDirectory();
    expect(stderr).toBe('');
    const offered = stdout.split(/^= /m).slice(1);
    const words = offered.map((each) =>
      each
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')[0])
        .filter((word, index) => index === 0 || !alsoInside || word?.startsWith(list.exec(each)?.[1] ?? '')),
    );
    expect(words).toEqual(Object.entries(lines).map(([line, expected]) => [line, ...expected]));
  });
});

describe('the scripts', () => {
  it.each(['bash', 'zsh', 'fish'])('of %s can be read by it, if it is here', async (shell) => {
    const script = await answer('completion', shell);
    expect(script).toContain('netns');
    const file = join(temporaryDirectory('completion'), 'script');
    writeFileSync(file, script);
    const check = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    if (check.error === undefined)
      expect({ stderr: check.stderr, status: check.status }).toEqual({ stderr: '', status: 0 });
  });

  it('are refused for a shell that is not known', async () => {
    expect(await netns('completion', 'tcsh')).toMatchObject({
      exitCode: 2,
      stderr: "netns: no script for 'tcsh', only for bash, zsh and fish\ntry 'netns help completion'\n",
    });
    expect(await netns('completion')).toMatchObject({ exitCode: 2 });
  });
});
