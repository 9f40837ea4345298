import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errnoMessage, errnoName, errnoNumber } from './errno.ts';
import * as numbers from './errno-numbers.ts';

describe('error numbers', () => {
  it('have the names that Node has', () => {
    for (const [name, number] of Object.entries(constants.errno)) {
      // EWOULDBLOCK and EAGAIN, EOPNOTSUPP and ENOTSUP are one number each; the kernel's headers define the one by the other.
      const alias = { EWOULDBLOCK: 'EAGAIN', ENOTSUP: 'EOPNOTSUPP' }[name] ?? name;
      expect([name, errnoName(number), errnoNumber(alias)]).toEqual([name, alias, number]);
    }
  });

  it('are the same where the code looks for them', () => {
    for (const [name, number] of Object.entries(numbers)) expect([name, errnoNumber(name)]).toEqual([name, number]);
  });

  it('have the texts that C programs print', () => {
    const directory = mkdtempSync(join(tmpdir(), 'netns-errno-'));
    const source =
      '#include <stdio.h>\n#include <string.h>\nint main(void) { for (int i = 1; i < 134; i++) puts(strerror(i)); }\n';
    writeFileSync(join(directory, 'texts.c'), source);
    execFileSync(process.env.CC ?? 'cc', [join(directory, 'texts.c'), '-o', join(directory, 'texts')]);
    const texts = execFileSync(join(directory, 'texts'), { encoding: 'utf8', env: { LC_ALL: 'C' } })
      .trim()
      .split('\n');
    rmSync(directory, { recursive: true });
    expect(texts.map((_, index) => errnoMessage(index + 1))).toEqual(texts);
  });

  it('that Linux does not have are still told', () => {
    expect([errnoName(9999), errnoMessage(9999)]).toEqual(['E9999', 'Unknown error 9999']);
    expect(() => errnoNumber('ENOSUCH')).toThrow(new RangeError('no such error name: ENOSUCH'));
  });
});
