import { dirname, join } from 'node:path';
import { type Addon, nsexecPath } from './addon.ts';
import { CLONE_FS, CLONE_NEWNET, CLONE_NEWNS } from './constants.ts';
import { syscallNumber } from './syscall.ts';

interface Entry {
  readonly addon: string;
  /** System calls: number and arguments. */
  readonly calls: readonly { readonly name: string; readonly args: readonly number[] }[];
}

/** Runs in the new thread, from its own text: it may use nothing of this file. */
function enter({ addon, calls }: Entry): void {
  const module = { exports: {} as Addon };
  process.dlopen(module, addon);
  for (const { name, args } of calls) {
    const [number = -1, ...rest] = args;
    const result = module.exports.syscall(number, ...rest);
    if (result < 0) {
      const { getSystemErrorName } = process.getBuiltinModule('node:util');
      const code = getSystemErrorName(result);
      const message = `cannot enter the namespace: ${code} (${name})`;
      throw Object.assign(new Error(message), { code, errno: -result, syscall: name });
    }
  }
}

/**
 * JavaScript text that takes the thread which runs it into a network namespace, and into a mount namespace if one is given. Only for
 * a thread that never leaves again: what runs in it later is inside. setns(2) into a mount namespace wants a root and a
 * working directory that no other thread shares; unshare(CLONE_FS) sees to that.
 */
export function threadEntryText(net: number, mount?: number): string {
  const call = (name: 'setns' | 'unshare', ...args: number[]) => ({ name, args: [syscallNumber(name), ...args] });
  const calls = [
    call('setns', net, CLONE_NEWNET),
    ...(mount === undefined ? [] : [call('unshare', CLONE_FS), call('setns', mount, CLONE_NEWNS)]),
  ];
  const entry: Entry = { addon: join(dirname(nsexecPath), 'netns.node'), calls };
  return `(${enter})(${JSON.stringify(entry)});`;
}
