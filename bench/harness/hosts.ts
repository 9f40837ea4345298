import { runDirectory } from './ground.ts';
import type { Bench } from './headline.ts';
import { measured, type Span } from './stamps.ts';

/** A command behind whatever makes `count` hosts on a bridge (floor/hosts.c) in a network namespace of their own. The bridge stays down. */
export function behindHosts({ tools }: Pick<Bench, 'tools'>, count: string, command: readonly string[]): string[] {
  const prepare = '"$0" "$1" "$2" down > /dev/null && shift 2 && exec "$@"';
  return ['unshare', '--net', 'sh', '-c', prepare, tools.floor('hosts'), runDirectory, count, ...command];
}

/** Runs a command where `count` hosts have been made just now, from its bridge's namespace. */
export async function amongHosts(
  { ground, tools }: Pick<Bench, 'ground' | 'tools'>,
  count: string,
  command: readonly string[],
): Promise<Span> {
  await ground.clean();
  return measured(behindHosts({ tools }, count, command));
}
