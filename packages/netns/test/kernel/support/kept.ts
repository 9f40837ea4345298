import { spawn } from 'node:child_process';
import { bundleProgram, endOf, temporaryDirectory } from './run.ts';

/** What `keepers.ts` has made: the namespace, and the numbers of what keeps it; or why that cannot be had here. */
export type Kept = Readonly<Record<string, { inode?: number; what?: unknown; refused?: string }>>;

/** Namespaces of each of which one thing takes care, as long as `use` runs. */
export async function withKept(use: (kept: Kept, holder: number) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, [bundleProgram('keepers'), temporaryDirectory('mounts')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const end = endOf(child);
  try {
    const line = await new Promise<string>((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (more) => {
        text += more;
        if (text.endsWith('\n')) resolve(text);
      });
      end.then(({ stderr }) => reject(new Error(stderr)));
    });
    await use(JSON.parse(line) as Kept, child.pid ?? 0);
  } finally {
    child.stdin.end();
    await end;
  }
}
