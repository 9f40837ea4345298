import { fork, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ForksPoolWorker, type PoolOptions, type PoolRunnerInitializer } from 'vitest/node';

const privateNode = join(import.meta.dirname, 'private-node.sh');

/** Runs each test file in a process of its own, inside private network and mount (and, without root, user) namespaces. */
class PrivateWorker extends ForksPoolWorker {
  override readonly name = 'private-namespaces';

  override async start(): Promise<void> {
    const worker = this as unknown as {
      _fork?: ReturnType<typeof fork>;
      entrypoint: string;
      env: NodeJS.ProcessEnv;
      execArgv: string[];
    };
    worker._fork ??= fork(worker.entrypoint, [], {
      env: { ...worker.env, PRIVATE_NODE: process.execPath },
      execArgv: worker.execArgv,
      execPath: privateNode,
      stdio: 'pipe',
      serialization: 'advanced',
    });
    await super.start();
  }
}

export const privatePool: PoolRunnerInitializer = {
  name: 'private-namespaces',
  createPoolWorker: (options: PoolOptions) => new PrivateWorker(options),
};

/**
 * Whether this machine lets us make them; if not, the kernel tests are left out with one line that says why, and with
 * NETNS_MUST_WORK=1 the run fails instead.
 */
export function privateNamespacesWork(): boolean {
  const probe = spawnSync(privateNode, ['-e', '0'], {
    env: { ...process.env, PRIVATE_NODE: process.execPath },
    encoding: 'utf8',
  });
  if (probe.status === 0) return true;
  const reason = probe.stderr?.trim() || String(probe.error ?? `exit status ${probe.status}`);
  if (process.env.NETNS_MUST_WORK === '1') throw new Error(`the kernel tests cannot run here: ${reason}`);
  process.stderr.write(`kernel tests are skipped: ${reason}\n`);
  return false;
}
