// node run-inside.mjs PLACE: runs our `ip` for every PLACE/*/ours/argv (words that end in NUL), all in this one process: Node takes
// longer to start than most commands take. What they did goes beside the words, as twin.sh has it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { dispatch } = createRequire(import.meta.url)('../../dist/cli/ip.cjs');

for (const name of readdirSync(process.argv[2]).sort()) {
  const results = join(process.argv[2], name, 'ours');
  if (!existsSync(join(results, 'argv'))) continue;
  const argv = readFileSync(join(results, 'argv'), 'utf8').split('\0').slice(0, -1);
  const texts = { out: '', err: '' };
  const sink = (kind) => ({ isTerminal: false, write: (text) => (texts[kind] += text) });
  process.chdir(join(process.argv[2], name));
  const code = await dispatch(argv, { stdout: sink('out'), stderr: sink('err'), env: process.env, name: 'ip' });
  for (const [kind, text] of Object.entries({ ...texts, code: String(code) })) writeFileSync(join(results, kind), text);
}
