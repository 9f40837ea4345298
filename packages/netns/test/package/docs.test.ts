import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const project = fileURLToPath(new URL('../../../../', import.meta.url));

function checkDocs(...options: readonly string[]): string[] {
  const run = spawnSync(process.execPath, ['tools/check-docs.mjs', ...options], { cwd: project, encoding: 'utf8' });
  expect(run.stderr).toBe('');
  return run.stdout.split('\n').filter((line) => line !== '');
}

describe('documentation', () => {
  const files = checkDocs('--list');

  it('has snippets in README and in the manual', () => {
    expect(files).toEqual(expect.arrayContaining(['README.md', 'docs/commands.md', 'docs/library.md']));
  });

  it('has links that lead somewhere, snippets that compile, and a task table of calls that exist', () => {
    expect(checkDocs('--static')).toEqual([]);
  }, 60_000);

  it.each(files)(
    'has snippets that run: %s',
    (file) => {
      expect(checkDocs('--run', file)).toEqual([]);
    },
    60_000,
  );

  it('shows diffs whose added lines are in the files that they name', () => {
    const page = readFileSync(`${project}CONTRIBUTING.md`, 'utf8');
    const diffs = [...page.matchAll(/^```diff\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
    expect(diffs.length).toBeGreaterThan(0);
    for (const diff of diffs) {
      const file = /^\+\+\+ b\/(.*)$/m.exec(diff)?.[1];
      const lines = readFileSync(`${project}${file}`, 'utf8').split('\n');
      const added = [...diff.matchAll(/^\+(?!\+\+ )(.*)$/gm)].map((match) => match[1]);
      expect(lines).toEqual(expect.arrayContaining(added));
    }
  });

  it('has every verb of the command in the manual', () => {
    const run = spawnSync(`${project}packages/netns/bin/netns`, ['help', '--json'], { encoding: 'utf8' });
    const verbs: { name: string }[] = JSON.parse(run.stdout);
    const manual = readFileSync(`${project}docs/commands.md`, 'utf8');
    for (const { name } of verbs.filter(({ name }) => !['help', 'version'].includes(name)))
      expect(manual).toContain(`\n| \`netns ${name}`);
  });

  it('explains every function of the addon', () => {
    const addon = readFileSync(`${project}packages/netns/src/native/addon.ts`, 'utf8');
    const members = /interface Addon \{([\s\S]*?)^\}/m.exec(addon)?.[1] ?? '';
    const names = [...members.matchAll(/^ {2}(\w+)\(/gm)].map((match) => match[1]);
    expect(names).toContain('syscall');
    const page = readFileSync(`${project}ARCHITECTURE.md`, 'utf8');
    for (const name of names) expect(page).toMatch(new RegExp(`^\\|.*\`${name}\`.*\\|.*\\|$`, 'm'));
  });

  it('gives the two commands that .ci/run proves', () => {
    const readme = readFileSync(`${project}README.md`, 'utf8');
    const ci = readFileSync(`${project}.ci/run`, 'utf8');
    for (const command of ['npm install && npm run demo', 'npm install && npm test']) {
      expect(readme).toContain(`\n${command}\n`);
      expect(ci).toContain(`'${command}'`);
    }
  });
});
