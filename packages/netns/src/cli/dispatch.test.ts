import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dispatch } from './dispatch.ts';
import { fakeIo } from './fake-io.ts';
import { allVerbs } from './help/all-verbs.ts';

async function netns(...argv: string[]) {
  const { io, text } = fakeIo();
  return { status: await dispatch(argv, io), ...text };
}

describe('dispatch', () => {
  it('tells the version, asked in any way', async () => {
    const answer = await netns('version');
    expect(answer).toEqual({ status: 0, stdout: expect.stringMatching(/^netns \d+\.\d+\.\d+\n$/), stderr: '' });
    expect(await netns('--version')).toEqual(answer);
    expect(await netns('-V')).toEqual(answer);
    for (const words of [
      ['version', '--json'],
      ['version', '-j'],
      ['--json', 'version'],
      ['-j', 'version'],
    ])
      expect((await netns(...words)).stdout).toMatch(/^\{"version":"\d+\.\d+\.\d+"\}\n$/);
  });

  it('tells about itself', async () => {
    const overview = await netns();
    expect(overview.status).toBe(0);
    const lines = overview.stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
    for (const { name, summary } of allVerbs) expect(lines).toContainEqual([name, summary]);
    for (const words of [['help'], ['--help'], ['-h']]) expect(await netns(...words)).toEqual(overview);
  });

  it.each(allVerbs.map(({ name }) => name))('tells about %s, asked in both ways', async (name) => {
    const answer = await netns('help', name);
    expect(answer.status).toBe(0);
    expect(await netns(name, '--help')).toEqual(answer);
    expect(await netns(name, '-h')).toEqual(answer);
  });

  it.each([
    ['list', "there is no verb 'list'; did you mean 'ls'?"],
    ['delete', "there is no verb 'delete'; did you mean 'del'?"],
    ['moniter', "there is no verb 'moniter'; did you mean 'monitor'?"],
    ['xyzzy', "there is no verb 'xyzzy'"],
    ['', "there is no verb ''"],
    ['constructor', "there is no verb 'constructor'"],
    ['--jason', "unknown option '--jason'"],
    ['--json', "unknown option '--json'"],
    ['a\x1b[2J', "there is no verb 'a\\x1b[2J'"],
  ])('does not know %j', async (word, message) => {
    expect(await netns(word)).toEqual({ status: 2, stdout: '', stderr: `netns: ${message}\ntry 'netns help'\n` });
  });

  it('knows every verb that there is a file for', async () => {
    const directory = new URL('./verbs/', import.meta.url);
    const files = readdirSync(directory).filter((file) => !file.endsWith('.test.ts'));
    for (const file of files) {
      const module: object = await import(new URL(file, directory).href);
      if (!('verb' in module)) continue; // another program's grammar: `ip`, …
      const name = file.replace('.ts', '');
      expect((await netns(name, '--help')).stdout).toMatch(`netns ${name}: `);
    }
  });
});
