import assert from 'node:assert/strict';
import { createNamed } from '../../../src/namespaces/named.ts';
import { listNames, removeName } from '../../../src/namespaces/names.ts';
import { createNamespace } from '../../../src/namespaces/namespace.ts';
import { namespaceTypes } from '../../../src/namespaces/type.ts';
import { addon } from '../../../src/native/addon.ts';
import { execIn } from '../../../src/process/spawn.ts';
import { type HostileAddon, nativeCases } from '../../native/cases.ts';

/** Every case of the native functions, then the library's main paths; prints how many checks passed. */
let passed = 0;
for (const [section, cases] of Object.entries(nativeCases)) {
  for (const { name, run, expected } of cases) {
    console.error(`${section} ${name}`);
    const check = () => run(addon as unknown as HostileAddon);
    if (expected instanceof Error) assert.throws(check, expected);
    else assert.deepEqual(check(), expected);
    passed++;
  }
}
// Only the last line before a failure is of interest.
console.error('all cases passed');

for (const type of namespaceTypes) {
  using namespace = createNamespace(type);
  assert.equal(namespace.type, type);
  passed++;
}

using named = createNamed('exercise');
assert.equal(listNames()[0]?.id?.ino, named.id.ino);
assert.equal((await execIn(named, 'echo', ['hello'])).stdout, 'hello\n');
removeName('exercise');
assert.deepEqual(listNames(), []);
console.log(`${passed + 3} passed`);
