import { describe, expect, it } from 'vitest';
import { addon } from '../../src/native/addon.ts';
import { type HostileAddon, nativeCases } from '../native/cases.ts';

/** The C functions one by one, with right and with hostile arguments. */
describe.each(Object.entries(nativeCases))('%s', (_, cases) => {
  it.each(cases)('$name', ({ run, expected }) => {
    if (expected instanceof Error) expect(() => run(addon as unknown as HostileAddon)).toThrow(expected);
    else expect(run(addon as unknown as HostileAddon)).toEqual(expected);
  });
});
