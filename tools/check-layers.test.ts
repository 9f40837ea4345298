import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const tool = fileURLToPath(new URL('check-layers.mjs', import.meta.url));

/** Runs the checker over a tree of these files; gives its exit code and the lines without the folder's name. */
function check(files: Readonly<Record<string, string>>): { status: number | null; lines: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'netns-layers-'));
  const src = join(folder, 'src');
  try {
    mkdirSync(src);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies: { undici: '*', '@scope/it': '*' } }));
    for (const [file, source] of Object.entries(files)) {
      mkdirSync(dirname(join(src, file)), { recursive: true });
      writeFileSync(join(src, file), source);
    }
    const run = spawnSync(process.execPath, [tool, src], { cwd: src, encoding: 'utf8' });
    expect(run.stderr).toBe('');
    return { status: run.status, lines: run.stdout.split('\n').filter((line) => line !== '') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const allowed = {
  'index.ts': "export { a } from './api/a.ts';\n",
  'api/a.ts': "import { KernelError } from '../errors.ts';\nimport { b } from '../network/b.ts';\n",
  'network/b.ts': "import { open } from '../connection/c.ts';\nimport { own } from './own.ts';\n",
  'cli/main.ts': "const verb = await import('./ls.ts');\nconsole.log(process.env.HOME);\nprocess.exit(1);\n",
  'connection/debug.ts': 'if (process.env.NETNS_DEBUG) process.stderr.write(text);\n',
  'native/load.ts': "process.dlopen(module, '../../prebuilds/netns.node');\n",
  'errors.ts': "import { errnoName } from './errno.ts';\n",
  'testing/vitest.ts': "import { expect } from 'vitest';\n",
  'process/fetch.ts':
    "import type {\n  A\n} from 'undici';\nimport type { B } from '@scope/it/b';\nawait import('undici');\n",
  // Words in comments, strings and regular expressions are not code.
  'wire/text.ts': "// console.log(process.env)\nconst s = 'process.exit(1) and Date';\nconst r = /['\"`]Buffer/;\n",
};

describe('check-layers', () => {
  it('accepts imports that go down and words where they belong', () => {
    expect(check(allowed)).toEqual({ status: 0, lines: [] });
  });

  it('fails when there is nothing to check', () => {
    expect(check({}).status).toBe(1);
  });

  const bad: readonly (readonly [title: string, file: string, source: string, message: string])[] = [
    [
      'an import upwards',
      'wire/a.ts',
      "import { x } from '../network/b.ts';",
      'imports ../network/b.ts: imports go down',
    ],
    [
      'a type import upwards',
      'wire/a.ts',
      "import type { X } from '../api/b.ts';",
      'imports ../api/b.ts: imports go down',
    ],
    ['a re-export upwards', 'netlink/a.ts', "export * from '../connection/c.ts';", 'imports go down only'],
    ['an import sideways', 'network/a.ts', "import '../process/spawn.ts';", 'imports go down only'],
    ['a dynamic import upwards', 'api/a.ts', "await import('../cli/x.ts');", 'imports go down only'],
    ['a split import', 'wire/a.ts', "import {\n  x,\n} from\n  '../cli/b.ts';", 'imports go down only'],
    ['an import of an entry', 'api/a.ts', "import { x } from '../index.ts';", 'an entry of the package'],
    ['an import out of src', 'api/a.ts', "import x from '../../test/x.ts';", 'it is outside src'],
    ['errors importing a layer', 'errors.ts', "import { x } from './wire/x.ts';", 'imports nothing but itself'],
    ['node: in errors', 'errno.ts', "import { inspect } from 'node:util';", 'this code is pure'],
    ['an unknown folder', 'misc/a.ts', '', 'misc is in no layer'],
    ['an import of an unknown folder', 'api/a.ts', "import { x } from '../misc/a.ts';", 'misc is in no layer'],
    ['node: in wire', 'wire/a.ts', "import { inspect } from 'node:util';", 'imports node:util: this code is pure'],
    ['node: in netlink', 'netlink/a/b.ts', "import fs from 'fs';", 'imports fs: this code is pure'],
    ['Buffer in wire', 'wire/a.ts', 'Buffer.from([1]);', 'uses Buffer: this code is pure'],
    ['the clock in netlink', 'netlink/a.ts', 'const t = Date.now();', 'uses Date: this code is pure'],
    ['a dependency', 'api/a.ts', "import chalk from 'chalk';", 'no dependency of the package'],
    ['a dependency loaded at once', 'api/a.ts', "import { fetch } from 'undici';", 'loaded when it is needed'],
    [
      'a dependency exported at once',
      'api/a.ts',
      "import type { A } from '@scope/it';\nexport * from 'undici';",
      'needed',
    ],
    ['the addon outside native', 'network/a.ts', "load('../prebuilds/netns.node');", 'names a .node file'],
    ['the addon in a template', 'network/a.ts', 'load(`$' + '{dir}/netns.node`);', 'names a .node file'],
    ['dlopen outside native', 'network/a.ts', 'process.dlopen(m, f);', 'uses dlopen'],
    ['process.exit in api', 'api/a.ts', 'process.exit(1);', 'uses process.exit: only cli ends'],
    ['process.exitCode in api', 'api/a.ts', 'process.exitCode = 1;', 'only cli ends the process'],
    ['console in api', 'api/a.ts', "console.log('x');", 'uses console.: only cli prints'],
    ['stderr in network', 'network/a.ts', "process.stderr.write('x');", 'only cli prints'],
    ['the environment in api', 'api/a.ts', 'const home = process.env.HOME;', 'read the environment'],
    ['the environment by import', 'api/a.ts', "import { env } from 'node:process';", 'read the environment'],
    ['the environment in a template', 'api/a.ts', 'const s = `a $' + '{process.env.A} b`;', 'read the environment'],
    ['code after a regular expression', 'api/a.ts', 'x.split(/[\'"/]/); console.log(1);', 'only cli prints'],
    ['a computed import', 'api/a.ts', 'await import(name);', 'cannot be checked'],
  ];

  // One run over all of them, each in a file of its own, because starting Node is what takes the time.
  const fileOf = (index: number, file: string) => file.replace(/\ba\.ts$|\bb\.ts$/, `bad-${index}.ts`);
  const all = check({ ...allowed, ...Object.fromEntries(bad.map(([, file, source], i) => [fileOf(i, file), source])) });

  it.each(bad.map((row, index) => [...row, index] as const))('fails on %s', (_title, file, _source, message, index) => {
    const lines = all.lines.filter((line) => line.startsWith(`${fileOf(index, file)}:`));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/:\d+: /);
    expect(lines[0]).toContain(message);
  });

  it('exits with 1, and names only the bad files', () => {
    expect(all.status).toBe(1);
    expect(all.lines).toHaveLength(bad.length);
  });

  it('names the line of a fault', () => {
    const source = "/* one\n two */\nconst a = 'b';\nconsole.log(a);\n";
    expect(check({ 'api/a.ts': source }).lines).toEqual(['api/a.ts:4: uses console.: only cli prints']);
  });

  it('prints the layers as ARCHITECTURE.md shows them', () => {
    const run = spawnSync(process.execPath, [tool, '--table'], { encoding: 'utf8' });
    const page = readFileSync(new URL('../ARCHITECTURE.md', import.meta.url), 'utf8');
    expect(page).toContain(`\`\`\`text\n${run.stdout}\`\`\`\n`);
  });

  it('allows none of it in the checked-in source', () => {
    const run = spawnSync(process.execPath, [tool], { encoding: 'utf8' });
    expect(run.stdout).toBe('');
    expect(run.status).toBe(0);
  });
});
