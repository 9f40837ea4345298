// Makes the command in dist/cli: main.cjs, which Node starts with, and one bundle for each verb and each object of `ip` (see
// src/cli/bundle-of.ts). A bundle is the whole command but for the other verbs, so a verb loads only what it uses. CommonJS starts
// faster than ES modules do.
import { existsSync, readdirSync } from 'node:fs';
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

const onlyVerb = (verb) => leaveOut(/\/cli\/dispatch\.ts$/, /^\.\/verbs\//, `./verbs/${verb}.ts`);
const onlyObject = (object) => leaveOut(/\/ip\/objects\.ts$/, /^\.\/\w+\/\w+\.ts$/, `./${object}/${object}.ts`);

/** Of all that `importer` loads by a path like `paths`, only `kept` is in the bundle. */
function leaveOut(importer, paths, kept) {
  return {
    name: 'leave out',
    setup(builder) {
      builder.onResolve({ filter: paths }, (args) =>
        importer.test(args.importer) && args.path !== kept ? { path: args.path, namespace: 'elsewhere' } : undefined,
      );
      builder.onLoad({ filter: /./, namespace: 'elsewhere' }, ({ path }) => ({
        contents: `throw new Error(${JSON.stringify(`${path} is in another bundle`)});`,
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
