#!/usr/bin/env node
/**
 * Keeps the layers of `packages/netns/src` honest: fails, one line per fault, on an import that does not go down, on
 * impure code in a pure layer, on the native addon outside `native`, and on the process's output, environment or exit
 * outside `cli`.
 *
 *     node tools/check-layers.mjs [SRC]     check
 *     node tools/check-layers.mjs --table   print the layers, as ARCHITECTURE.md shows them
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blank } from './blank.mjs';

/** From the top down. A folder may import from the rows below its own, never from its own row or above. */
const layers = [
  ['cli', 'testing'],
  ['lab', 'inspect'],
  ['api'],
  ['document'],
  ['network', 'process'],
  ['connection', 'namespaces'],
  ['netlink', 'native'],
  ['wire'],
];
/** The files that package.json exports. All other files beside the folders are the base: every layer may import them. */
const entries = ['index.ts', 'netlink.ts', 'lab.ts', 'testing.ts'];
/** A browser can run these: no `node:`, no clock, no environment. */
const pure = [
  'wire/',
  'netlink/',
  'network/firewall/json/',
  'inspect/capture/filter/',
  ...['link-types', 'merge', 'packet-queue', 'packets-in', 'pcapng', 'ring', 'summary'].map(
    (file) => `inspect/capture/${file}`,
  ),
  'lab/spec',
  'lab/validate',
  'lab/plan',
  ...[
    'sections/',
    'schema',
    'check',
    'json-schema',
    'document',
    'validate',
    'complete',
    'model',
    'plan',
    'commands',
  ].map((file) => `document/${file}`),
];

const rowOf = new Map(layers.flatMap((row, index) => row.map((layer) => [layer, index])));
const builtins = new Set(builtinModules);

/** Words that only some files may use: `where` says which, by path below src. */
const wordRules = [
  { word: /\bprocess\s*\.\s*(?:exit|exitCode|abort)\b/g, where: isCli, reason: 'only cli ends the process' },
  { word: /\bconsole\s*\./g, where: isCli, reason: 'only cli prints' },
  { word: /\bprocess\s*\.\s*(?:stdout|stderr)\b/g, where: isCliOrDebug, reason: 'only cli prints' },
  {
    word: /\bprocess\s*\.\s*env\b/g,
    // The last one hands the environment on to a child, as Node's own spawn does; it takes no settings from it.
    where: (file) => isCliOrDebug(file) || file === 'process/launch.ts',
    reason: 'only cli and the debug file read the environment',
  },
  { word: /\bdlopen\b/g, where: isNative, reason: 'only native loads the addon' },
  {
    word: /\b(?:process|Buffer|Date|performance|setTimeout|setInterval|setImmediate|Math\s*\.\s*random)\b/g,
    where: (file) => !isPure(file),
    reason: 'this code is pure',
  },
  {
    word: /\bimport\s*\(\s*[^'"\s]/g,
    where: () => false,
    reason: 'an import of something computed cannot be checked',
  },
];

function isCli(file) {
  return file.startsWith('cli/');
}

function isCliOrDebug(file) {
  return isCli(file) || basename(file) === 'debug.ts';
}

function isNative(file) {
  return file.startsWith('native/');
}

function isPure(file) {
  return layerOf(file) === 'base' || pure.some((prefix) => file.startsWith(prefix));
}

/** The layer of a file below src: its folder, or `entry` or `base`. */
function layerOf(file) {
  if (file.includes('/')) return file.slice(0, file.indexOf('/'));
  return entries.includes(file) ? 'entry' : 'base';
}

function packageFault(file, specifier, context) {
  const name = specifier.replace(/^node:/, '');
  if (!specifier.startsWith('node:') && !builtins.has(name)) {
    if (file.startsWith('testing/')) return undefined;
    if (!context.dependencies.has(/^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0])) return 'it is no dependency of the package';
    return context.atLoad ? 'a dependency is loaded when it is needed, by import()' : undefined;
  }
  if (isPure(file)) return 'this code is pure';
  if (name === 'process' && !isCliOrDebug(file)) return 'only cli and the debug file read the environment';
  return undefined;
}

/** `context`: the package's `dependencies`, and whether the import is carried out when the file is loaded. */
function importFault(file, specifier, context) {
  if (!specifier.startsWith('.')) return packageFault(file, specifier, context);
  if (specifier.endsWith('.node')) return undefined; // the rule for the addon, below
  const target = join(dirname(file), specifier);
  if (target.startsWith('..')) return 'it is outside src';
  const from = layerOf(file);
  const to = layerOf(target);
  if (from === to || to === 'base') return undefined;
  if (from === 'base') return 'the base imports nothing but itself';
  if (to === 'entry') return 'nothing inside imports an entry of the package';
  if (!rowOf.has(to)) return `${to} is in no layer`;
  if (from === 'entry' || rowOf.get(from) < rowOf.get(to)) return undefined;
  return 'imports go down only';
}

const importForms = /\b(?:from|import|require\s*\(|import\s*\()\s*(['"]) *\1/g;

/** Not `import()`, and not `import type … from`, which leaves nothing behind. */
function isAtLoad(code, match) {
  if (match[0].includes('(')) return false;
  const statement = code
    .slice(0, match.index)
    .match(/\b(?:import|export)\b(?![\s\S]*\b(?:import|export)\b)[\s\S]*$/)?.[0];
  return !(match[0].startsWith('from') && /^(?:import|export)\s+type\b/.test(statement ?? ''));
}

function faultsOf(file, source, dependencies) {
  const faults = [];
  const { code, text } = blank(source);
  const report = (offset, message) => faults.push({ line: source.slice(0, offset).split('\n').length, message });
  if (!rowOf.has(layerOf(file)) && file.includes('/')) report(0, `${layerOf(file)} is in no layer`);
  for (const match of code.matchAll(importForms)) {
    const start = match.index + match[0].indexOf(match[1]) + 1;
    const specifier = source.slice(start, match.index + match[0].length - 1);
    const fault = importFault(file, specifier, { dependencies, atLoad: isAtLoad(code, match) });
    if (fault !== undefined) report(match.index, `imports ${specifier}: ${fault}`);
  }
  for (const match of text.matchAll(/\.node(?=['"`])/g)) {
    if (!isNative(file)) report(match.index, 'names a .node file: only native loads the addon');
  }
  for (const { word, where, reason } of wordRules) {
    if (where(file)) continue;
    for (const match of code.matchAll(word)) report(match.index, `uses ${match[0].trim()}: ${reason}`);
  }
  return faults.sort((a, b) => a.line - b.line);
}

function dependenciesOf(manifest) {
  if (!existsSync(manifest)) return new Set();
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  return new Set(Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }));
}

function main(argument) {
  if (argument === '--table') {
    for (const row of layers)
      console.log(
        row
          .map((layer) => layer.padEnd(14))
          .join('')
          .trimEnd(),
      );
    return;
  }
  const src = resolve(argument ?? join(dirname(fileURLToPath(import.meta.url)), '../packages/netns/src'));
  const files = readdirSync(src, { recursive: true })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort();
  const dependencies = dependenciesOf(join(src, '../package.json'));
  let count = 0;
  for (const file of files) {
    for (const { line, message } of faultsOf(file, readFileSync(join(src, file), 'utf8'), dependencies)) {
      console.log(`${relative('.', join(src, file))}:${line}: ${message}`);
      count++;
    }
  }
  if (files.length === 0) console.log(`${src}: no source file found`);
  process.exitCode = count > 0 || files.length === 0 ? 1 : 0;
}

main(process.argv[2]);
