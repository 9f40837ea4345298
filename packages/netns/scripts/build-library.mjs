// Makes what programs import, dist/lib: the library in a few files. Node takes three times as long for its five hundred modules, and twice
// the memory. What is loaded late (yaml, undici, what only few need) stays apart.
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';

/** The names of what the package exports: `./dist/lib/index.js` is made of `src/index.ts`. */
function entriesOf(packageDir) {
  const { exports } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  return Object.values(exports).flatMap(({ default: file }) => (file === undefined ? [] : basename(file, '.js')));
}

/** Two folders below the package, as the sources are: so the native files are found (src/native/addon.ts). */
export async function buildLibrary(packageDir, outdir) {
  return await build({
    absWorkingDir: packageDir,
    entryPoints: entriesOf(packageDir).map((entry) => `src/${entry}.ts`),
    outdir,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
    plugins: [late(join(packageDir, 'src/index.ts')), builtins],
  });
}

/**
 * A module of which the entry exports nothing but async functions is loaded at the first call of one of them: most programs ask few of
 * the questions that the library knows.
 */
function late(entry) {
  const wanted = new Map(
    [...readFileSync(entry, 'utf8').matchAll(/^export \{([^}]*)\} from '(.*)';$/gm)].map(([, names, path]) => [
      path,
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type ')),
    ]),
  );
  return {
    name: 'late',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\// }, ({ path, importer, kind }) => {
        const names = wanted.get(path);
        if (importer !== entry || kind !== 'import-statement' || names === undefined) return undefined;
        const file = join(dirname(entry), path);
        const source = readFileSync(file, 'utf8');
        const isAsync = (name) => source.includes(`\nexport async function ${name}(`);
        return names.every(isAsync) ? { path: file, namespace: 'late', pluginData: names } : undefined;
      });
      onLoad({ filter: /./, namespace: 'late' }, ({ path, pluginData: names }) => ({
        resolveDir: dirname(path),
        contents: names
          .map(
            (name) =>
              `export async function ${name}(...given) { return (await import(${JSON.stringify(path)})).${name}(...given); }`,
          )
          .join('\n'),
      }));
    },
  };
}

/**
 * Node's own modules as `require` gives them. For `import`, Node makes every export of a module, and with those of node:fs it loads its
 * streams and promises: a megabyte that a program may never use.
 */
const builtins = {
  name: 'builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin', sideEffects: false } : undefined,
    );
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => {
      const exports = Object.getOwnPropertyDescriptors(process.getBuiltinModule(path));
      const names = Object.keys(exports).filter((name) => 'value' in exports[name] && /^[a-z]\w*$/i.test(name));
      return {
        contents: [
          `const exports = process.getBuiltinModule(${JSON.stringify(path)});`,
          'const named = (name) => exports[name];',
          ...names.map((name) => `export const ${name} = /* @__PURE__ */ named(${JSON.stringify(name)});`),
        ].join('\n'),
      };
    });
  },
};
