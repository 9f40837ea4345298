// Makes what programs import, dist/lib: the library in a few files. Node takes three times as long for its five hundred modules, and twice
// the memory. What is loaded late (yaml, undici, what only few need) stays apart.
import { build } from 'esbuild';

/** The entries of the package, by the names in its `exports`. */
const entries = ['index', 'netlink', 'testing'];

/** Two folders below the package, as the sources are: so the native files are found (src/native/addon.ts). */
export async function buildLibrary(packageDir, outdir) {
  await build({
    absWorkingDir: packageDir,
    entryPoints: entries.map((entry) => `src/${entry}.ts`),
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
  });
}
