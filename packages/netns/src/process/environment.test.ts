import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { environmentBlock, isOwnEnvironment } from './environment.ts';

const run = promisify(execFile);

describe('environmentBlock', () => {
  it('ends each variable, and leaves out what is undefined', () => {
    expect(environmentBlock({ A: '1', B: undefined, C: '', D: 'x=y ü' })).toBe('A=1\0C=\0D=x=y ü\0');
  });

  it.each([{ A: 'x\0y' }, { 'A\0B': 'x' }])('refuses a NUL, which would make two variables of one: %j', (env) => {
    expect(() => environmentBlock(env)).toThrow(/contains a NUL byte/);
  });
});

describe('isOwnEnvironment', () => {
  const copies: Readonly<Record<string, () => NodeJS.ProcessEnv>> = {
    'a copy': () => ({ ...process.env }),
    'what only looks through it': () => new Proxy(process.env, {}),
    'what cannot be changed': () => Object.freeze({ ...process.env }),
    'an empty one': () => ({}),
  };
  it.each(Object.entries(copies))('is not %s', (_, make) => {
    const env = make();
    const names = Object.keys(env);
    expect([isOwnEnvironment(env), isOwnEnvironment(env), Object.keys(env)]).toEqual([false, false, names]);
  });

  it('is that of the main thread, with all changes, and not that of a worker', async () => {
    const module = JSON.stringify(new URL('../../dist/process/environment.js', import.meta.url).href);
    const script = `import { isOwnEnvironment } from ${module};
      process.env.CHANGED = '1';
      const own = isOwnEnvironment(process.env);
      process.env = { ...process.env };
      console.log(own, isOwnEnvironment(process.env));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout).toBe('true false\n');
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), { stdout: true });
    const [text] = await once(worker.stdout, 'data');
    expect(String(text)).toBe('false false\n');
  });
});
