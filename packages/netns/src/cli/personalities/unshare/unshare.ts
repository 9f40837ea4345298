import type { Io } from '../../io.ts';
import { runInPlace } from '../util-linux/run.ts';
import { utilLinuxStyle } from '../util-linux/style.ts';
import { type Request, readRequest } from './request.ts';
import { setUpOf } from './set-up.ts';
import { unshareMessage } from './wording.ts';

/** Runs `unshare` with the words behind its name: this process becomes the command. Returns the status if that fails. */
export function runUnshare(argv: readonly string[], io: Io): number {
  return runInPlace(
    io,
    () => {
      const request = readRequest(argv);
      return { setUp: setUpOf(request), command: request.command, env: environmentOf(request, io.env) };
    },
    utilLinuxStyle('unshare', unshareMessage),
  );
}

/** The kept variables come out in the opposite order of their names, as they do from unshare. */
function environmentOf({ clearEnv, keepEnv }: Request, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (!clearEnv) return env;
  const kept = [...new Set(keepEnv)].reverse().filter((name) => env[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [name, env[name]]));
}
