import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { blank } from '../blank.mjs';

const project = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** A folder from which `netns` and the type checker's libraries are found, removed by `dispose`. */
export function workshop() {
  const folder = mkdtempSync(join(project, 'node_modules/.netns-docs-'));
  return { folder, dispose: () => rmSync(folder, { recursive: true }) };
}

/** What the package exports: a snippet may use these without importing them. */
export async function exportedNames() {
  return Object.keys(await import('netns'));
}

/** What gives a snippet a name of its own. */
const declares = '\\bimport\\b[^;]*\\bNAME\\b[^;]*\\bfrom\\b|\\b(?:class|function|const|let)\\s+NAME\\b';

/**
 * The snippet as a whole program: moved down to the line that it has in its page, so that every message names the right
 * line, with the imports that it leaves out on line 1.
 */
export function toProgram({ line, code }, names) {
  const { code: words } = blank(code);
  const used = names.filter((name) => new RegExp(`(?<![\\w.$])${name}(?![\\w$])`).test(words));
  const own = used.filter((name) => !new RegExp(declares.replaceAll('NAME', name)).test(words));
  const imports = own.length === 0 ? 'export {};' : `import { ${own.join(', ')} } from 'netns';`;
  return `${imports}${'\n'.repeat(line - 1)}${code}`;
}

/** Type-checks programs `{ name, file, text }`; gives `{ file, line, message }` for each fault. */
export function typeFaults(folder, programs) {
  if (programs.length === 0) return [];
  const fileOf = new Map(programs.map(({ name, file }) => [`${name}.mts`, file]));
  for (const { name, text } of programs) writeFileSync(join(folder, `${name}.mts`), text);
  const config = {
    extends: join(project, 'tsconfig.base.json'),
    compilerOptions: { noEmit: true, noUnusedLocals: false, declaration: false },
    files: [...fileOf.keys()],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(project, 'node_modules/.bin/tsc');
  const run = spawnSync(tsc, ['--pretty', 'false', '-p', folder], { cwd: folder, encoding: 'utf8' });
  const faults = [...run.stdout.matchAll(/^(\S+)\((\d+),\d+\): error (.*)$/gm)].map((match) => ({
    file: fileOf.get(match[1]),
    line: Number(match[2]),
    message: match[3],
  }));
  if (run.status !== 0 && faults.length === 0) throw new Error(`tsc failed: ${run.stdout}${run.stderr}`);
  return faults;
}

/** Writes a program as JavaScript for this Node, and gives the file. */
export function toJavaScript(folder, name, text) {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, transformSync(text, { loader: 'ts', format: 'esm', target: 'node20', sourcefile: name }).code);
  return file;
}
