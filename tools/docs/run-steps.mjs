/** Inside the sandbox: runs the steps of a file in order, and prints the fault of the first that fails as JSON. */
import { execFileSync, spawnSync } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';

execFileSync('mount', ['-t', 'tmpfs', 'netns-docs', '/run']);
let fault;
for (const { argv, line } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  // A file, not a pipe: what a snippet leaves running would keep a pipe open.
  const stdio = ['ignore', 'ignore', openSync('stderr', 'w')];
  const run = spawnSync(argv[0], argv.slice(1), { timeout: 30_000, killSignal: 'SIGKILL', stdio });
  if (run.status === 0) continue;
  const end = run.error?.code === 'ETIMEDOUT' ? 'did not end within 30 s' : `ended with ${run.signal ?? run.status}`;
  fault = { line, message: `the snippet ${end}: ${readFileSync('stderr', 'utf8').trim()}` };
  break;
}
process.stdout.write(JSON.stringify({ fault }));
