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
    bundle(name, 'cli/main.ts', facts, onlyWhatIsUsed(sources, choices), debugWhenAsked);
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

/** Leaves out of a bundle what it is not chosen for, and loads what may not be needed only when it is asked for. */
function onlyWhatIsUsed(sources, choices) {
  return {
    name: 'only what is used',
    setup({ onLoad }) {
      onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        return { contents: await whenAsked(path, chosen(sources, choices, path, text)), loader: 'ts' };
      });
    },
  };
}

/**
 * Decides what a bundle has of the files that are loaded (`by` one file, or any) when they are asked for: of those `among` which a
 * choice is, what it takes, and that from the start (what is loaded late is loaded piece by piece). All others stay as they are.
 */
function chosen(sources, all, path, text) {
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
  const decided = path.startsWith(join(sources, 'cli')) ? text.replace(/\bimport\('(\.[^']+)'\)/g, decide) : text;
  return taken.map((asked, index) => `import * as taken${index} from '${asked}';\n`).join('') + decided;
}

/**
 * What is imported where, but loaded only when something of it is first made or called: of the parts of a network (routes, firewall,
 * shaping, …) one or two are asked for; who waits for one kind of events needs no declaration of all others; and a verb that only tells
 * how it is used looks at nothing.
 */
const late = [
  { by: /\/network\/network\.ts$/, take: /^\.\/(?!links\.ts$)/ },
  { by: /\/cli\/verbs\/[\w-]+\.ts$/, take: /\/(?:document|inspect|network)\// },
  { by: /\/connection\/listener\.ts$/, take: /\/catalogue\.ts$/ },
];

/** Whether a module exports a function by this name, or a class of which nothing but new objects are wanted: these can be made later. */
function canWait(name, exporting, importing) {
  if (new RegExp(`^export (?:async )?function\\*? ?${name}\\b`, 'm').test(exporting)) return true;
  const isClass = new RegExp(`^export class ${name}\\b`, 'm').test(exporting);
  return isClass && !new RegExp(`\\b(?:instanceof|extends) ${name}\\b|(?<![.\\w])${name}\\.`).test(importing);
}

/** In place of what is imported stand functions that load it when they are called. */
async function whenAsked(path, text) {
  const wanted = late.filter(({ by }) => by.test(path));
  const imports = [...text.matchAll(/^import \{([^}]*)\} from '(\..*)';\n/gm)];
  let [left, loading] = [text, ''];
  for (const [index, [whole, list, file]] of imports.entries()) {
    if (!wanted.some(({ take }) => take.test(file))) continue;
    const names = list.split(',').flatMap((each) => /^\s*(?!type )(\w+)/.exec(each)?.[1] ?? []);
    const exporting = await readFile(join(dirname(path), file), 'utf8');
    if (!names.every((name) => canWait(name, exporting, text))) continue;
    left = left.replace(whole, '');
    const loaded = `loaded${index}`;
    loading += `var ${loaded};\n`;
    for (const name of names)
      loading +=
        `function ${name}(...all) { ${loaded} ??= require('${file}'); ` +
        `return new.target ? new ${loaded}.${name}(...all) : ${loaded}.${name}(...all); }\n`;
  }
  return left + loading;
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
