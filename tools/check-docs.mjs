#!/usr/bin/env node
/**
 * Proves the documentation: every `ts` and `sh` snippet of the Markdown pages and of the doc comments is type-checked and
 * run, every relative link leads somewhere, and README's task table calls only what exists.
 *
 *     node tools/check-docs.mjs [--root DIR] [--list] [--static] [--run FILE]...
 *
 * Prints one line per fault and exits with 1 if there is one. `--list` prints the files that have snippets, `--static` runs
 * no snippet, `--run FILE` does nothing but run those of one file. The package has to be built.
 */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { linkFaults } from './docs/links.mjs';
import { exportedNames, toJavaScript, toProgram, typeFaults, workshop } from './docs/programs.mjs';
import { runSitting } from './docs/sandbox.mjs';
import { sittings } from './docs/snippets.mjs';
import { taskTableProgram } from './docs/task-table.mjs';

const { values } = parseArgs({
  options: {
    root: { type: 'string', default: join(dirname(fileURLToPath(import.meta.url)), '..') },
    list: { type: 'boolean' },
    static: { type: 'boolean' },
    run: { type: 'string', multiple: true },
  },
});
const root = resolve(values.root);

function nameOf(file, line) {
  return `${file.replaceAll(/[^\w.-]/g, '-')}-${line}`;
}

/** Every ts snippet, and the task table, as programs for the type checker. */
function programs(names) {
  const snippets = sittings(root).flatMap(({ file, snippets }) =>
    snippets
      .filter(({ language }) => language === 'ts')
      .map((snippet) => ({ name: nameOf(file, snippet.line), file, text: toProgram(snippet, names) })),
  );
  const table = {
    name: 'task-table',
    file: 'README.md',
    text: toProgram({ line: 1, code: taskTableProgram(root) }, names),
  };
  return [...snippets, table];
}

async function runFaults(folder, names, files) {
  const faults = [];
  for (const { file, snippets } of sittings(root)) {
    if (files !== undefined && !files.includes(file)) continue;
    const steps = snippets.map(({ language, line, code }) => ({
      line,
      argv:
        language === 'sh'
          ? ['sh', '-euc', code]
          : [process.execPath, toJavaScript(folder, nameOf(file, line), toProgram({ line, code }, names))],
    }));
    const fault = await runSitting(steps);
    if (fault !== undefined) faults.push({ file, ...fault });
  }
  return faults;
}

async function check() {
  const { folder, dispose } = workshop();
  try {
    const names = await exportedNames();
    return [
      ...(values.run === undefined ? [...linkFaults(root), ...typeFaults(folder, programs(names))] : []),
      ...(values.static ? [] : await runFaults(folder, names, values.run)),
    ];
  } finally {
    dispose();
  }
}

if (values.list) {
  for (const file of new Set(sittings(root).map(({ file }) => file))) console.log(file);
} else {
  const faults = await check();
  for (const { file, line, message } of faults) console.log(`${file}:${line}: ${message}`);
  if (faults.length > 0) process.exitCode = 1;
}
