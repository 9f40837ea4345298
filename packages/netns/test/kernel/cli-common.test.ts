import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { allVerbs } from '../../src/cli/help/all-verbs.ts';
import { createNames } from '../../src/namespaces/named.ts';
import { withoutCapabilities } from './support/call-in-process.ts';
import { command, namesLeft, netns, netnsWith } from './support/cli.ts';
import { endOf, run } from './support/run.ts';
import { emptyRunDirectory } from './support/run-directories.ts';

afterEach(() => {
  if (namesLeft().length > 0) emptyRunDirectory();
});

describe('the command as it is built', () => {
  it('tells about itself and about each verb', async () => {
    const overview = await netns('help');
    expect(overview).toMatchObject({ exitCode: 0, stderr: '' });
    const lines = overview.stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
    for (const { name, summary } of allVerbs) expect(lines).toContainEqual([name, summary]);
    expect(await netns('exec', '--help')).toMatchObject({
      stdout: expect.stringContaining('--no-mounts'),
      exitCode: 0,
    });
    expect(await netns('lst')).toEqual({
      stdout: '',
      stderr: "netns: there is no verb 'lst'; did you mean 'ls'?\ntry 'netns help'\n",
      exitCode: 2,
      signal: null,
    });
    expect((await netns('--version')).stdout).toMatch(/^netns \d/);
  });

  it('ends quietly when nobody reads', async () => {
    createNames(['a']);
    for (const words of ['ls', 'help', 'identify', 'ls --json', 'version']) {
      // The reader is gone before the first word is written.
      const child = spawn('sh', ['-c', `exec 3>&1; (sleep 0.2; "$0" ${words}; echo "status $?" >&3) | true`, command], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      expect(await endOf(child)).toMatchObject({ stdout: 'status 0\n', stderr: '' });
    }
  });

  it('copes with streams that are closed', async () => {
    const { exitCode } = await run('sh', ['-c', '"$0" version <&- 2>&-', command]);
    expect(exitCode).toBe(0);
    expect(await run('sh', ['-c', '"$0" nonsense 2>&-', command])).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('takes the words of ip without the word ip, and then says more than ip does', async () => {
    expect(await netns('-o', 'l')).toEqual(await netns('ip', '-o', 'link'));
    expect((await netns('-oneline', 'l')).stdout).toMatch(/^1: lo: /);
    expect(await netns('-n', 'nowhere', 'a')).toEqual(await netns('ip', '-n', 'nowhere', 'a'));
    expect(await netns('-batch', '/dev/null')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(await netns('-j', 'ls')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"namespaces"') });
    for (const [kind, option] of [
      ['dummy', 'CONFIG_DUMMY'],
      ['vlan', 'CONFIG_VLAN_8021Q'],
      ['gre', 'CONFIG_NET_IPGRE'],
    ] as const) {
      const bare = await netns('link', 'add', 'try', 'type', kind);
      await netns('link', 'del', 'try');
      const words = await netns('ip', 'link', 'add', 'try', 'type', kind);
      await netns('link', 'del', 'try');
      const lacks = words.stderr === 'Error: Unknown device type.\n';
      const hint = lacks ? `netns: this kernel has no ${kind} device (${option})\n` : '';
      expect(bare).toEqual({ ...words, stderr: `${words.stderr}${hint}` });
    }
    const nonsense = await netns('link', 'add', 'try', 'type', 'nonsense');
    expect(nonsense).toMatchObject({ stderr: 'Error: Unknown device type.\n', exitCode: 2 });
  });

  it('says in one line what it takes, where privilege is missing', async () => {
    createNames(['blue']);
    const [setpriv = '', ...options] = withoutCapabilities;
    for (const [words, operation] of [
      [['add', 'red'], 'make /run/netns a shared mount'],
      [['del', 'blue'], 'remove namespace file /run/netns/blue'],
      [['set', 'blue', '3'], 'give "blue" the id 3'],
      [['attach', 'red', 'blue'], 'make /run/netns a shared mount'],
      [['identify', String(process.pid)], `open the net namespace of process ${process.pid}`],
      [['del', '--wait', 'blue'], 'create a new net namespace'],
    ] as const) {
      const { stdout, stderr, exitCode } = await run(setpriv, [...options, command, ...words]);
      expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
      expect(stderr).toMatch(
        new RegExp(`^netns: cannot ${operation}: .*; this process lacks CAP_SYS_ADMIN; root has it\\n$`),
      );
    }
    expect(namesLeft()).toEqual(['blue']);
    expect(await run(setpriv, [...options, command, 'exec', 'blue', 'true'])).toMatchObject({ exitCode: 125 });
  });

  it('works where there is no /run at all to write to, without making anything', async () => {
    expect(await netnsWith({ env: { PATH: process.env.PATH } }, 'ls', '--names')).toMatchObject({
      stdout: '',
      exitCode: 0,
    });
  });
});

describe('on a terminal', () => {
  /** Runs a command on a terminal of its own, and gives what that shows. */
  async function onTerminal(environment: string, words: string): Promise<string> {
    const { stdout } = await run('script', ['-qec', `${environment} ${command} ${words}`, '/dev/null'], {
      env: { PATH: process.env.PATH, TERM: 'xterm' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return stdout.replaceAll('\r\n', '\n');
  }

  it('has a head and colours, unless they are not wanted', async () => {
    createNames(['blue']);
    const bold = (text: string) => `\x1b[1m${text}\x1b[0m `;
    const [head, first] = (await onTerminal('', 'ls')).split('\n');
    expect(head?.startsWith(bold('NAME'))).toBe(true);
    expect(first?.startsWith(bold('blue'))).toBe(true);
    expect(await onTerminal('NO_COLOR=1', 'ls')).toMatch(/^NAME +INODE +NSID +PROCESSES +DEVICES( +NOTE)?\nblue /);
    expect((await netns('ls')).stdout).toMatch(/^blue /);
  });
});
