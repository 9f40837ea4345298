import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../../..');

it.each([
  ['http-in-namespaces', /hello (?:::ffff:)?10\.0\.0\.2, this is 10\.0\.0\.1\nelsewhere: ENETUNREACH\n$/],
  ['two-hundred-servers', /^200 different answers .* "site 42"\nmade, asked/],
])('runs examples/%s.ts', (name, expected) => {
  const output = execFileSync(process.execPath, ['tools/run.mjs', `examples/${name}.ts`], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(output).toMatch(expected);
});
