// Makes the command in dist/cli: main.cjs, which Node starts with, and one bundle for each verb and each object of `ip` (see
// src/cli/bundle-of.ts). A bundle is the whole command but for the other verbs, so a verb loads only what it uses. CommonJS starts
// faster than ES modules do.
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Makes all of them in a directory; `packageDir` is where the sources are. */
export async function buildBundles(packageDir, outdir) {
  const directory = (path) => readdirSync(join(packageDir, path));
  const verbs = directory('src/cli/verbs').flatMap((file) => /^([\w-]+)\.ts$/.exec(file)?.[1] ?? []);
  const personality = 'src/cli/personalities/ip';
  const objects = directory(personality).filter((name) =>
    existsSync(join(packageDir, personality, name, `${name}.ts`)),
  );
  const options = {
    absWorkingDir: packageDir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    supported: { 'dynamic-import': false }, // `import()` becomes `require`, which does not start the module loader
    minifySyntax: true,
    minifyWhitespace: true,
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'warning',
  };
  const bundle = (name, entry, ...plugins) =>
    build({ ...options, entryPoints: [entry], outfile: join(outdir, `${name}.cjs`), plugins });
  await Promise.all([
    bundle('main', 'src/cli/launch.ts'),
    bundle('netlink-debug', 'src/connection/debug.ts'),
    ...verbs.map((verb) => bundle(verb, 'src/cli/main.ts', onlyVerb(verb), debugWhenAsked)),
    ...objects.map((object) =>
      bundle(`ip-${object}`, 'src/cli/main.ts', onlyVerb('ip'), onlyObject(object), debugWhenAsked),
    ),
  ]);
}

const onlyVerb = (verb) => keepOnly(/\/cli\/dispatch\.ts$/, `./verbs/${verb}.ts`);
const onlyObject = (object) => keepOnly(/\/ip\/objects\.ts$/, `./${object}/${object}.ts`);

/**
 * Of all that a file loads when asked, only `kept` is in the bundle, and is there from the start: it will be asked for, and what is
 * loaded late is loaded piece by piece.
 */
function keepOnly(filter, kept) {
  return {
    name: 'keep only',
    setup(builder) {
      builder.onLoad({ filter }, async ({ path }) => ({
        contents: `import * as kept from '${kept}';\n${(await readFile(path, 'utf8')).replace(
          /import\('([^']+)'\)/g,
          (_, asked) =>
            asked === kept ? 'Promise.resolve(kept)' : `Promise.reject(new Error('${asked} is in another bundle'))`,
        )}`,
        loader: 'ts',
      }));
    },
  };
}

/** The decoder of every message is loaded only when NETNS_DEBUG is set. */
const debugWhenAsked = {
  name: 'debug when asked',
  setup(builder) {
    builder.onResolve({ filter: /\/debug\.ts$/ }, () => ({ path: 'netlink-debug', namespace: 'deferred' }));
    builder.onResolve({ filter: /^\.\/netlink-debug\.cjs$/ }, ({ path }) => ({ path, external: true }));
    builder.onLoad({ filter: /./, namespace: 'deferred' }, () => ({
      contents: `export const netlinkDebugLog = (protocol) =>
        process.env.NETNS_DEBUG ? require('./netlink-debug.cjs').netlinkDebugLog(protocol) : undefined;`,
    }));
  },
};
