// Sources of the command, as a module for the build itself: what it writes for the command follows from them.
import { build } from 'esbuild';

/** All that these files of src export, in one. */
export async function importSources(packageDir, files) {
  const { outputFiles } = await build({
    stdin: { contents: files.map((file) => `export * from './src/${file}';`).join('\n'), resolveDir: packageDir },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
