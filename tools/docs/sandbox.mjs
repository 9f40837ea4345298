import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const command = join(here, '../../packages/netns/bin/netns');

/**
 * Runs the steps `{ argv, line }` of one sitting, in order, in user, mount and network namespaces of their own, with an
 * empty /run and an empty working folder. Gives the fault of the first step that fails, or undefined.
 */
export async function runSitting(steps) {
  const folder = mkdtempSync(join(tmpdir(), 'netns-docs-'));
  try {
    const bin = join(folder, 'bin');
    const cwd = join(folder, 'home');
    mkdirSync(bin);
    mkdirSync(cwd);
    symlinkSync(command, join(bin, 'netns'));
    writeFileSync(join(folder, 'steps.json'), JSON.stringify(steps));
    const env = {
      PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
      HOME: cwd,
      LANG: 'C.UTF-8',
    };
    return await inNamespaces([process.execPath, join(here, 'run-steps.mjs'), join(folder, 'steps.json')], {
      cwd,
      env,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function inNamespaces(argv, options) {
  // A process group of its own: whatever a snippet leaves running ends with it.
  const child = spawn('unshare', ['--map-root-user', '--mount', '--net', '--', ...argv], {
    ...options,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Nothing was left.
      }
      if (code === 0 && stdout !== '') resolve(JSON.parse(stdout).fault);
      else reject(new Error(`the sandbox failed: ${stderr}`));
    });
  });
}
