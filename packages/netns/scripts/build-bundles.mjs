// Makes the command in dist/cli: main.cjs, which Node starts with, and the bundles that src/cli/bundle-of.ts chooses from. Each is the
// whole command but for what it cannot be asked for, so that little has to be loaded. CommonJS starts faster than ES modules do.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { importSources } from './import-sources.mjs';

const verbsFolder = 'cli/verbs';
const ipFolder = 'cli/personalities/ip';

/**
 * A bundle is a function as Node has it around a module, so that what loads it (src/cli/launch.ts) need not copy it into one; as a module
 * it calls that itself. What is in parentheses V8 compiles at once, instead of looking over it first.
 */
const parameters = 'exports,require,module,__filename,__dirname';
const asFunction = {
  banner: { js: `(load=>typeof module==="object"?load(${parameters}):load)((function(${parameters}){` },
  footer: { js: '}))' },
};

/** Makes all of them in a directory; `packageDir` is where the sources are. */
export async function buildBundles(packageDir, outdir) {
  const sources = join(packageDir, 'src');
  const exists = (path) => existsSync(join(sources, path));
  const namesIn = (folder) => readdirSync(join(sources, folder)).map((file) => file.replace(/\.ts$/, ''));
  const bundle = (name, entry, ...plugins) =>
    build({
      absWorkingDir: packageDir,
      entryPoints: [join(sources, entry)],
      outfile: join(outdir, `${name}.cjs`),
      plugins,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      supported: { 'dynamic-import': false }, // `import()` becomes `require`, which does not start the module loader
      minify: true, // V8 takes as long for a text, and for the names in it, as they are long
      ...(name !== 'main' && asFunction),
      define: { 'import.meta.dirname': '__dirname' },
      logLevel: 'warning',
    });
  const facts = tablesOnly(await tablesOfVerbs(packageDir, outdir));
  const command = (name, ...choices) =>
    bundle(name, 'cli/main.ts', facts, chosen(sources, choices), partsWhenAsked, debugWhenAsked);
  const theVerb = (verb) => ({ by: 'cli/dispatch.ts', among: /^cli\/verbs\//, take: [`${verbsFolder}/${verb}.ts`] });

  const { ipObjects } = await importSources(packageDir, ['cli/bundle-of.ts']);

  await Promise.all([
    bundle('main', 'cli/launch.ts'),
    bundle('netlink-debug', 'connection/debug.ts'),
    ...namesIn(verbsFolder)
      .filter((name) => exists(`${verbsFolder}/${name}.ts`) && !name.includes('.'))
      .map((verb) => command(verb, theVerb(verb))),
    ...[...new Set(Object.values(ipObjects))].flatMap((object) => {
      const folder = `${ipFolder}/${object}`;
      // what `-resolve` needs, too, is in the bundle of all objects
      const theObject = { among: /\/ip\/(\w+)\/\1\.ts$|\/host-names\.ts$/, take: [`${folder}/${object}.ts`] };
      const shown = ['show', 'list', 'list-id'].map((name) => `${folder}/${name}.ts`).filter(exists);
      const onlyToShow = {
        among: new RegExp(`^${folder}/[\\w-]+\\.ts$|/batch/run\\.ts$`),
        take: [...shown, 'connection/connection.ts', 'namespaces/reference.ts'],
      };
      return [
        command(`ip-${object}`, theVerb('ip'), theObject),
        command(`ip-${object}-show`, theVerb('ip'), theObject, onlyToShow),
      ];
    }),
  ]);
}

/** What the files of all verbs export, as data: their tables, without what runs them. */
async function tablesOfVerbs(packageDir, outdir) {
  // Where the library looks for its native files from there, as from the sources.
  const outfile = join(outdir, 'all-verbs.mjs');
  await build({
    absWorkingDir: packageDir,
    entryPoints: ['src/cli/help/all-verbs.ts'],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  const { allVerbs } = await import(outfile);
  rmSync(outfile);
  return JSON.stringify(allVerbs);
}

/** What speaks about all verbs needs their tables only: to load all that runs them would take longer than anything else does. */
function tablesOnly(tables) {
  return {
    name: 'tables only',
    setup({ onLoad }) {
      onLoad({ filter: /\/cli\/help\/all-verbs\.ts$/ }, () => ({ contents: `export const allVerbs = ${tables};` }));
    },
  };
}

/**
 * Decides what a bundle has of the files that are loaded (`by` one file, or any) when they are asked for: of those `among` which a
 * choice is, what it takes, and that from the start (what is loaded late is loaded piece by piece). All others stay as they are.
 */
function chosen(sources, all) {
  return {
    name: 'chosen',
    setup(builder) {
      builder.onLoad({ filter: /\/src\/cli\/.*\.ts$/ }, async ({ path }) => {
        const choices = all.filter(({ by }) => by === undefined || join(sources, by) === path);
        const taken = [];
        const decide = (whole, asked) => {
          const file = relative(sources, join(dirname(path), asked));
          if (choices.some(({ take }) => take.includes(file))) {
            if (!taken.includes(asked)) taken.push(asked);
            return `Promise.resolve(taken${taken.indexOf(asked)})`;
          }
          const left = choices.some(({ among }) => among.test(file));
          return left ? `Promise.reject(new Error('${asked} is in another bundle'))` : whole;
        };
        const text = (await readFile(path, 'utf8')).replace(/\bimport\('(\.[^']+)'\)/g, decide);
        const imports = taken.map((asked, index) => `import * as taken${index} from '${asked}';\n`);
        return { contents: imports.join('') + text, loader: 'ts' };
      });
    },
  };
}

/**
 * What is imported from where, but loaded only when something of it is first made or called: of the parts of a network (routes, firewall,
 * shaping, …) a verb asks for one or two, who waits for one kind of events needs no declaration of all others, and few questions about the
 * machine need to look into networks.
 */
const whenAsked = {
  'network/network.ts': /^\.\/(?!links\.ts$)/,
  'inspect/in-network.ts': /\/network\.ts$/,
  'connection/listener.ts': /\/catalogue\.ts$/,
};

const partsWhenAsked = {
  name: 'parts when asked',
  setup({ onLoad }) {
    onLoad({ filter: new RegExp(`/(?:${Object.keys(whenAsked).join('|')})$`) }, async ({ path }) => {
      const [, late] = Object.entries(whenAsked).find(([file]) => path.endsWith(`/src/${file}`));
      const files = new Map();
      const takeAway = (whole, names, file) => {
        if (!late.test(file)) return whole;
        for (const name of names.split(', ')) files.set(name, file);
        return '';
      };
      const text = (await readFile(path, 'utf8')).replace(/^import \{ (.*) \} from '(.*)';\n/gm, takeAway);
      const contents = text.replace(/\b(new )?(\w+)(?=\()/g, (whole, create, name) => {
        if (!files.has(name)) return whole;
        const taken = `require('${files.get(name)}').${name}`;
        return create ? `new (${taken})` : taken;
      });
      return { contents, loader: 'ts' };
    });
  },
};

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
