import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const tool = fileURLToPath(new URL('check-docs.mjs', import.meta.url));

/** Runs the checker over a tree of these files; gives its exit code and lines. */
function check(files: Readonly<Record<string, string>>, ...options: readonly string[]) {
  const root = mkdtempSync(join(tmpdir(), 'netns-check-docs-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    const run = spawnSync(process.execPath, [tool, '--root', root, ...options], { encoding: 'utf8', timeout: 60_000 });
    return { status: run.status, lines: run.stdout.split('\n').filter((line) => line !== ''), stderr: run.stderr };
  } finally {
    rmSync(root, { recursive: true });
  }
}

function fence(language: string, code: string): string {
  return `\`\`\`${language}\n${code}\n\`\`\`\n`;
}

/** A README whose task table has this one call. */
function readme(call: string, rest = ''): string {
  return `# Title\n\n| I want… | call… | \`ip\` equivalent |\n|---|---|---|\n| it | \`${call}\` | \`ip\` |\n\n${rest}`;
}

/** A source file with a doc comment that shows this code. */
function documented(code: string): string {
  return `/**\n * Adds.\n *\n * \`\`\`ts\n * ${code}\n * \`\`\`\n */\nexport {};\n`;
}

const goodCall = 'NetworkNamespace.names()';

describe('check-docs', () => {
  it('accepts documentation that is true', () => {
    const page = [
      '# A page\n\nSee [the top](#a-page), [README](../README.md#title) and `docs/page.md`.\n',
      fence('sh', 'echo 1 >/run/netns-docs-shared\nnetns --version'),
      fence(
        'ts',
        "import { readFileSync } from 'node:fs';\nconst n: number = Number(readFileSync('/run/netns-docs-shared'));",
      ),
      fence(
        'ts',
        'const names: readonly unknown[] = NetworkNamespace.names();\nif (names.length > 0) throw new Error();',
      ),
      fence('text', 'this is not run'),
    ].join('\n');
    const result = check({
      'README.md': readme(goodCall),
      'docs/page.md': page,
      'packages/netns/src/add.ts': documented('const n: number = 1 + 1;'),
    });
    expect(result).toEqual({ status: 0, lines: [], stderr: '' });
    expect(existsSync('/run/netns-docs-shared')).toBe(false);
  });

  it('names every fault with its file and line', () => {
    const { status, lines } = check({
      'README.md': readme(
        'NetworkNamespace.noSuchCall()',
        'A [link](nowhere.md), [another](#no-heading), `tools/gone.mjs`.\n',
      ),
      'docs/types.md': `\n${fence('ts', '\nconst n: number = "text";')}`,
      'docs/throws.md': fence('ts', "throw new Error('from the page');"),
      'docs/shell.md': `${fence('sh', 'true')}\n${fence('sh', 'echo no such thing >&2\nexit 3\n')}`,
      'packages/netns/src/add.ts': documented('const n: string = 1;'),
    });
    expect(status).toBe(1);
    const starts = [
      'README.md:7: the link nowhere.md leads nowhere',
      'README.md:7: the link #no-heading leads to no heading',
      'README.md:7: there is no tools/gone.mjs',
      'README.md:5: TS2339',
      'docs/types.md:4: TS2322',
      'packages/netns/src/add.ts:5: TS2322',
      'docs/shell.md:6: the snippet ended with 3: no such thing',
      'docs/throws.md:2: the snippet ended with 1:',
    ];
    for (const start of starts) expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${start}`)));
    expect(lines.join('\n')).toContain('Error: from the page');
    expect(lines.filter((line) => /^(README|docs|packages)/.test(line))).toHaveLength(starts.length);
  });

  it('fails without a task table, and on a row that calls nothing', () => {
    expect(check({ 'README.md': '# Title\n' }, '--static').stderr).toContain('no table with the columns');
    const { status, stderr } = check(
      { 'README.md': readme(goodCall).replaceAll(`\`${goodCall}\``, 'that') },
      '--static',
    );
    expect(stderr).toContain('README.md:5: a row of the task table calls nothing');
    expect(status).toBe(1);
  });

  it('ends what a snippet leaves running', () => {
    const started = Date.now();
    const page = fence('sh', 'sleep 50 &\n');
    expect(check({ 'README.md': readme(goodCall), 'docs/page.md': page }, '--run', 'docs/page.md').status).toBe(0);
    expect(Date.now() - started).toBeLessThan(30_000);
  });
});
