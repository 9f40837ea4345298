import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNamed } from '../../src/namespaces/named.ts';
import { removeName } from '../../src/namespaces/names.ts';
import { prepareRunDirectory } from '../../src/namespaces/run-directory.ts';
import { emptyRunDirectory, mountsOn, pathOf, states } from './support/run-directories.ts';

beforeEach(() => void prepareRunDirectory());
afterEach(emptyRunDirectory);

describe('other mount namespaces', () => {
  /** A shell in a mount namespace of its own that takes commands, and tells the exit status of each. */
  async function shellElsewhere(propagation: string) {
    const child = spawn('unshare', ['--mount', '--propagation', propagation, 'sh'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ask = async (command: string) => {
      child.stdin.write(`${command}; echo $?\n`);
      const [answer] = await once(child.stdout, 'data');
      return Number(String(answer));
    };
    const end = async () => {
      child.stdin.end();
      await once(child, 'close');
    };
    expect(await ask('true')).toBe(0); // it is in its mount namespace now
    return { ask, [Symbol.asyncDispose]: end };
  }

  it.each(['private', 'slave', 'unchanged'])('lose a name that is removed here (%s)', async (propagation) => {
    createNamed('a').close();
    await using elsewhere = await shellElsewhere(propagation);
    expect(await elsewhere.ask(`grep -q ' ${pathOf('a')} ' /proc/self/mountinfo`)).toBe(0);
    removeName('a');
    expect(await elsewhere.ask(`grep -q ' ${pathOf('a')} ' /proc/self/mountinfo`)).toBe(1);
  });

  it.each(['private', 'slave', 'unchanged'])(
    'take a name away here that is removed there (%s)',
    async (propagation) => {
      createNamed('a').close();
      await using elsewhere = await shellElsewhere(propagation);
      expect(await elsewhere.ask(`umount ${pathOf('a')} && rm -f ${pathOf('a')}`)).toBe(0);
      expect([states(), mountsOn(pathOf('a'))]).toEqual([{}, []]);
    },
  );

  it.each([
    ['slave', 0],
    ['unchanged', 0],
    ['private', 1],
  ])('see a name that is added here if the directory is shared with them (%s)', async (propagation, status) => {
    await using elsewhere = await shellElsewhere(propagation);
    createNamed('a').close();
    expect(await elsewhere.ask(`grep -q ' ${pathOf('a')} ' /proc/self/mountinfo`)).toBe(status);
  });
});
