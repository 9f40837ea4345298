import { execFileSync } from 'node:child_process';
import type { NetworkNamespace } from '../../../src/api/network-namespace.ts';
import type { RulesetObject } from '../../../src/network/firewall/json/schema.ts';

/** The installed nft in a namespace. Throws with what it says if it refuses. */
export async function nft(ns: NetworkNamespace, args: readonly string[], input = ''): Promise<string> {
  const { stdout, stderr, exitCode } = await ns.exec('nft', args, { input });
  if (exitCode !== 0) throw new Error(`nft ${args.join(' ')}: ${stderr.slice(0, 2000)}`);
  return stdout;
}

/** Of the installed nft: `1.0.6`. */
export function nftVersion(): string {
  return /v(\d\S*)/.exec(execFileSync('nft', ['--version'], { encoding: 'utf8' }))?.[1] ?? '';
}

/** How often lines that this kernel refuses are taken out. Mostly once: nft complains of many lines together. */
const ATTEMPTS = 20;

/** Loads rules with nft, without the lines that this kernel has no support for; gives these. */
export async function loadWithNft(ns: NetworkNamespace, text: string): Promise<string[]> {
  const lines = text.split('\n');
  const refused: string[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { stderr, exitCode } = await ns.exec('nft', ['-f', '-'], { input: lines.join('\n') });
    if (exitCode === 0) return refused;
    const numbers = new Set([...stderr.matchAll(/^\S*?:(\d+):\d+-\d+: Error/gm)].map((match) => Number(match[1])));
    if (numbers.size === 0) throw new Error(`nft: ${stderr.slice(0, 2000)}`);
    for (const number of numbers) {
      refused.push(lines[number - 1] ?? '');
      lines[number - 1] = '';
    }
  }
  throw new Error(`nft refuses ${refused.length} lines, and still more`);
}

/** `nft -j list ruleset` without what says which program wrote it. */
export async function listWithNft(ns: NetworkNamespace): Promise<RulesetObject[]> {
  const { nftables } = JSON.parse(await nft(ns, ['-j', 'list', 'ruleset'])) as { nftables: RulesetObject[] };
  return nftables.filter((object) => !('metainfo' in object));
}

/** Without the kernel's numbers, which differ from one namespace to another, and times that run. */
export function withoutHandles(object: RulesetObject): unknown {
  return JSON.parse(
    JSON.stringify(object, (key, value) => (key === 'handle' || key === 'expires' ? undefined : value)),
  );
}
