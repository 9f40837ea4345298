import { expect, it } from 'vitest';
import { fakeIo } from './fake-io.ts';
import { writeJson } from './json.ts';

it('writes one line, with bigints as strings', () => {
  const { io, text } = fakeIo();
  writeJson(io, { cookie: 2n ** 63n, name: 'a\nb', nsid: undefined });
  expect(text.stdout).toBe('{"cookie":"9223372036854775808","name":"a\\nb"}\n');
});
