import { readSync } from 'node:fs';
import { createNamed } from '../../../src/namespaces/named.ts';

// Adds a name at the starting shot, which is the end of standard input: `node add.mjs NAME`. As little as possible, for it is started by the dozen.
console.log('ready');
while (readSync(0, new Uint8Array(1)) > 0);
try {
  createNamed(process.argv[2] ?? '').close();
} catch (error) {
  console.error((error as Error).message);
}
