#!/usr/bin/env node
// Compiles the native layer with the plain C compiler: prebuilds/linux-<arch>/{netns.node,nsexec}.
//   node scripts/build-native.mjs [--arch x64|arm64] [--sanitize] [--out DIR]
// For another processor than this machine's it uses Debian's cross compiler; --sanitize builds the addon for the ASan/UBSan tests.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const packageDir = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: { arch: { type: 'string', default: process.arch }, sanitize: { type: 'boolean' }, out: { type: 'string' } },
});
// The program, and the Debian package that has it.
const compilers = {
  x64: ['x86_64-linux-gnu-gcc', 'gcc-x86-64-linux-gnu'],
  arm64: ['aarch64-linux-gnu-gcc', 'gcc-aarch64-linux-gnu'],
  [process.arch]: [process.env.CC || 'cc', 'gcc'],
};
if (!['x64', 'arm64'].includes(values.arch)) fail(`cannot build for ${values.arch}: only for x64 and arm64`);
const [compiler, debianPackage] = compilers[values.arch];

function fail(reason) {
  console.error(`build-native: ${reason}`);
  process.exit(1);
}

const out = values.out ?? join(packageDir, 'prebuilds', `linux-${values.arch}`);
const generated = values.out ?? join(packageDir, 'build');
const headers = join(dirname(createRequire(import.meta.url).resolve('node-api-headers')), 'include');
mkdirSync(out, { recursive: true });
mkdirSync(generated, { recursive: true });

// The texts of the error numbers have one home, src/errno.ts; the helper gets them as C.
const rows = [
  ...readFileSync(join(packageDir, 'src/errno.ts'), 'utf8').matchAll(/\[(\d+), '\w+', (?:'([^']*)'|"([^"]*)")\]/g),
];
writeFileSync(
  join(generated, 'errno-texts.h'),
  `static const struct { long number; const char *text; } error_texts[] = {\n${rows
    .map(([, number, single, double]) => `  {${number}, ${JSON.stringify(single ?? double)}},\n`)
    .join('')}};\n`,
);

const warnings = ['-Wall', '-Wextra', '-Werror', '-std=gnu11'];
const bare = [
  '-O2',
  '-s',
  '-nostdlib',
  '-ffreestanding',
  '-fno-builtin',
  '-fno-stack-protector',
  '-fno-asynchronous-unwind-tables',
];
const sanitized = [
  '-O1',
  '-g',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=undefined',
  '-fno-omit-frame-pointer',
];

function compile(source, target, flags) {
  // Build beside and rename: a running process may have the old file mapped.
  const temporary = join(out, `.${target}.${process.pid}`);
  const { error, status } = spawnSync(
    compiler,
    [
      ...warnings,
      ...flags,
      `-I${headers}`,
      `-I${generated}`,
      '-DNAPI_VERSION=8',
      join(packageDir, 'native', source),
      '-o',
      temporary,
    ],
    { stdio: 'inherit' },
  );
  if (error?.code === 'ENOENT') fail(`${compiler} is not installed (Debian package ${debianPackage})`);
  if (status !== 0) fail(`${compiler} could not compile ${source}${error ? `: ${error.message}` : ''}`);
  renameSync(temporary, join(out, target));
}

compile('addon.c', 'netns.node', ['-shared', '-fPIC', ...(values.sanitize ? sanitized : bare)]);
if (!values.sanitize)
  compile('nsexec.c', 'nsexec', [
    '-static',
    '-no-pie',
    ...bare,
    '-Wl,--build-id=none',
    '-Wl,-z,noseparate-code,-z,norelro',
  ]);
