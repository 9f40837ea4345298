import { ENOENT } from '../../errno-numbers.ts';
import { KernelError } from '../../errors.ts';
import type { Fd } from '../../native/fd.ts';
import { FilesInside, unlessRefused } from '../files/files-inside.ts';
import { hostProc, type Place, Refusal } from '../files/tasks.ts';
import { sysctlName, sysctlPath, sysctlPattern } from './name.ts';
import { openPrivateProc } from './private-proc.ts';
import type { SysctlValue, SysctlValueOf } from './shapes.ts';
import { formatSysctl, parseSysctl } from './value.ts';

/** A sysctl with its value. */
export interface SysctlEntry {
  /** As `sysctl -a` writes it: `net.ipv4.conf.eth0/5.forwarding`. */
  readonly name: string;
  readonly value: SysctlValue;
}

/**
 * The settings of one network namespace's network: its `net.*` sysctls. `ip netns exec NAME sysctl …`.
 *
 *     await ns.network.sysctl.set('net.ipv4.ip_forward', 1);
 *     await ns.network.sysctl.get('net.ipv4.tcp_rmem'); // [4096, 131072, 6291456]
 *
 * A `/` within a name is a dot of a device's name (`net.ipv4.conf.eth0/5.forwarding`), as with sysctl(8); `net/ipv4/conf/eth0.5/forwarding`
 * is taken, too. Only what the namespace itself has is seen: what is the whole machine's (`net.core.rmem_max`) cannot be set through it.
 * Every method throws InvalidArgumentError for a name that is not below `net`, and KernelError: ENOENT (there is none of that name), EACCES or
 * EPERM (it takes CAP_NET_ADMIN in there), EINVAL (the kernel does not take the value). sysctl(8), `ip-sysctl.rst`.
 */
export class Sysctl implements Disposable {
  readonly #namespace: Fd | undefined;
  #files: FilesInside | undefined;
  #root: Fd | undefined;

  constructor(namespace: Fd | undefined) {
    this.#namespace = namespace;
  }

  /** One value: a number, a list of numbers, or a text; the type follows from the name. `sysctl -n NAME`. */
  async get<const N extends string>(name: N): Promise<SysctlValueOf<N>> {
    const [value] = await this.getAll([name]);
    return value as SysctlValueOf<N>;
  }

  /** Several values at once, in the order of the names: much cheaper than one by one. */
  async getAll(names: readonly string[]): Promise<SysctlValue[]> {
    const paths = names.map(sysctlPath);
    const contents = this.#inside.read(paths, 'read sysctls');
    return contents.map((content, index) =>
      parseSysctl(
        sysctlName(paths[index] ?? ''),
        unlessRefused(content, `read sysctl ${names[index]}`, hintOf(content, paths[index])),
      ),
    );
  }

  /** Sets one. `sysctl -w NAME=VALUE`. `true` and `false` are 1 and 0. */
  async set<const N extends string>(name: N, value: SysctlValueOf<N> | string | number | boolean): Promise<void> {
    await this.setAll({ [name]: value });
  }

  /**
   * Sets several, in this order: much cheaper than one by one. One that is refused does not keep the others from being set; then this rejects
   * with its KernelError, or with an AggregateError of several.
   */
  async setAll(values: Readonly<Record<string, SysctlValue | boolean>>): Promise<void> {
    const given = Object.entries(values);
    const writes = given.map(([name, value]) => [sysctlPath(name), formatSysctl(name, value)] as const);
    const outcomes = this.#inside.write(writes, 'set sysctls');
    const errors = outcomes.flatMap((outcome, index) => {
      const [name = '', value] = given[index] ?? [];
      const operation = `set sysctl ${name} to ${formatSysctl(name, value ?? '').replaceAll('\t', ' ')}`;
      return outcome === undefined ? [] : [errorOf(outcome, operation, hintOf(outcome, writes[index]?.[0]))];
    });
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, errors.map(({ message }) => message).join('\n'));
  }

  /**
   * All sysctls with their values, sorted by name, or those that a pattern means: `net.ipv4.conf.all` (and what is below),
   * `net.ipv4.conf.*.forwarding`. `sysctl -a`. What cannot be read is left out.
   */
  async list(pattern = 'net'): Promise<SysctlEntry[]> {
    const paths = this.#paths(pattern);
    const contents = this.#inside.read(paths, 'read sysctls');
    return paths.flatMap((path, index) => {
      const content = contents[index];
      const name = sysctlName(path);
      return typeof content === 'string' ? [{ name, value: parseSysctl(name, content) }] : [];
    });
  }

  /** The names of all sysctls, or of those that a pattern means, sorted; also of those that cannot be read. `sysctl -aN`. */
  async names(pattern = 'net'): Promise<string[]> {
    return this.#paths(pattern).map(sysctlName);
  }

  /** Closes what it holds open; later calls open it anew. */
  close(): void {
    this.#root?.close();
    this.#root = undefined;
    this.#files = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** A /proc of our own where we may have one: in the machine's, every namespace that is looked at makes the next one slower to find. */
  get #inside(): FilesInside {
    if (this.#files === undefined) {
      this.#root = openPrivateProc();
      const place: Place = this.#root === undefined ? hostProc : { at: this.#root.raw, path: '' };
      this.#files = new FilesInside(this.#namespace, { ...place, path: `${place.path}sys/` });
    }
    return this.#files;
  }

  /** Level by level: the directories of one are looked at together. */
  #paths(pattern: string): string[] {
    const { from, matches } = sysctlPattern(pattern);
    const operation = `list sysctls ${pattern}`;
    const found: string[] = [];
    for (let level = [from]; level.length > 0; ) {
      const next: string[] = [];
      for (const [index, entries] of this.#inside.list(level, operation).entries()) {
        const directory = level[index] ?? '';
        if (entries instanceof Refusal) {
          if (directory === from) return this.#single(from, entries, operation);
          continue; // it went with its device
        }
        for (const { name, directory: deeper } of entries) (deeper ? next : found).push(`${directory}/${name}`);
      }
      level = next;
    }
    return found.filter(matches).sort((a, b) => (a < b ? -1 : 1));
  }

  /** A pattern without a star may mean one file. */
  #single(path: string, refusal: Refusal, operation: string): string[] {
    const [content] = this.#inside.read([path], operation);
    if (content instanceof Refusal && content.errno === ENOENT)
      throw errorOf(refusal, operation, hintOf(refusal, path));
    return [path];
  }
}

function errorOf({ errno, syscall }: Refusal, operation: string, hint?: string): KernelError {
  return new KernelError({ errno, syscall, operation, hint });
}

/** Where there is no file of that name, it is the name that is wrong, or a device that is not there. */
function hintOf(outcome: unknown, path: string | undefined): string | undefined {
  if (!(outcome instanceof Refusal) || outcome.errno !== ENOENT || path === undefined) return undefined;
  return `this namespace has no sysctl ${sysctlName(path)}`;
}
