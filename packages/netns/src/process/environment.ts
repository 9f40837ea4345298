import { types } from 'node:util';
import { InvalidArgumentError } from '../errors.ts';
import { syscall } from '../native/syscall.ts';

/**
 * An environment as one text, each `NAME=VALUE` ended by NUL: what the native `spawn` and `exec` take. Throws InvalidArgumentError
 * for a NUL inside, which would cut a variable in two.
 */
export function environmentBlock(env: NodeJS.ProcessEnv): string {
  let block = '';
  // Looking at a variable of process.env is a search in C: once each.
  for (const name of Object.keys(env)) {
    const value = env[name];
    if (value === undefined) continue;
    const variable = `${name}=${value}`;
    if (variable.includes('\0')) throw new InvalidArgumentError('environment variable', name, 'it contains a NUL byte');
    block += `${variable}\0`;
  }
  return block;
}

const known = new WeakMap<object, boolean>();

/**
 * Whether an object is the environment of this process itself, as Node shows it: the native layer has that one at hand, and reading
 * it from here takes as long as half of a start. A test runner may have put a copy into the place of `process.env`, and a worker
 * has a copy: neither is.
 */
export function isOwnEnvironment(env: NodeJS.ProcessEnv): boolean {
  let own = known.get(env);
  if (own === undefined) {
    own = syscall('gettid') === process.pid && !types.isProxy(env) && refusesAccessors(env);
    known.set(env, own);
  }
  return own;
}

/** Nothing else tells it from a copy: no getter can be defined on Node's view of the environment. */
function refusesAccessors(env: NodeJS.ProcessEnv): boolean {
  const name = 'NETNS_IS_OWN';
  try {
    Object.defineProperty(env, name, { get: () => '', configurable: true });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_INVALID_OBJECT_DEFINE_PROPERTY';
  }
  delete env[name];
  return false;
}
