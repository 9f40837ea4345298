import { defineConfig } from 'vitest/config';
import { privateNamespacesWork, privatePool } from './tools/private-pool.ts';

const inPrivateNamespaces = ['packages/*/test/kernel/**/*.test.ts', 'packages/*/test/differential/**/*.test.ts'];
/** With the places of programs that an ordinary user's PATH may not name (nft, conntrack, sysctl). */
const env = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
/** What the kernel does a moment later, it does much later on a busy machine. */
const patience = { poll: { timeout: 20_000 } };
const shared = { testTimeout: 60_000, hookTimeout: 60_000, expect: patience, env };

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          pool: 'forks',
          include: ['packages/*/{src,test}/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', ...inPrivateNamespaces],
        },
      },
      {
        test: {
          ...shared,
          name: 'kernel',
          pool: privatePool,
          include: privateNamespacesWork() ? inPrivateNamespaces : [],
          setupFiles: ['./tools/leak-census.ts'],
          // What is built is loaded as users load it; to transform it all would take minutes on an emulated machine.
          server: { deps: { external: [/\/packages\/netns\/dist\//] } },
        },
      },
    ],
  },
});
