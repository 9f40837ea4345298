import { setTimeout as sleep } from 'node:timers/promises';
import type { Fd } from '../../native/fd.ts';
import { NamespaceProc } from '../files/proc.ts';
import type { LinkCounters, Links } from '../links.ts';
import { type ProtocolCounters, readNamedLines, readPairedLines } from './mib.ts';
import { type CounterRates, ratesBetween } from './rates.ts';

/** What a namespace has counted until a moment. */
export interface CountersSample {
  /** When, in milliseconds of a clock that never goes back. */
  readonly time: number;
  /** What the protocols count (IP, ICMP, TCP, UDP, UDP-Lite, IPv6, MPTCP, XFRM), by `nstat`'s names: `TcpExtListenDrops`. */
  readonly protocols: ProtocolCounters;
  /** What the devices count, by name. */
  readonly links: Readonly<Record<string, LinkCounters>>;
}

/** A sample, and what became of the one before. */
export interface WatchedCounters extends CountersSample {
  /** Undefined in the first. */
  readonly rates: CounterRates | undefined;
}

/** How often counters are read, and until when. */
export interface WatchCountersOptions {
  /** Milliseconds between two samples. Default: 1000. */
  readonly interval?: number | undefined;
  /** Ends the loop when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

const files = [
  ['net/snmp', readPairedLines],
  ['net/netstat', readPairedLines],
  ['net/snmp6', readNamedLines],
  ['net/xfrm_stat', readNamedLines],
] as const;

/**
 * What one network namespace counts: its protocols (the SNMP MIBs) and its devices. `nstat -az` and `ip -s link`, in there.
 *
 * All are 64 bits wide and begin with the namespace. Per processor are the counters of /proc/net/softnet_stat: they are the machine's, and
 * not here. proc_net(5), `Documentation/networking/snmp_counter.rst`.
 */
export class Counters implements Disposable {
  readonly #proc: NamespaceProc;
  readonly #links: Links;

  constructor(namespace: Fd | undefined, links: Links) {
    this.#proc = new NamespaceProc(namespace);
    this.#links = links;
  }

  /** All counters as they are now. Throws KernelError when the namespace cannot be entered. */
  async read(): Promise<CountersSample> {
    const protocols: Record<string, bigint> = {};
    const time = performance.now();
    for (const [file, read] of files) {
      const text = this.#proc.readAgain(file);
      if (text !== undefined) read(text, protocols);
    }
    const links: Record<string, LinkCounters> = {};
    for (const { name, counters } of await this.#links.list()) if (counters !== undefined) links[name] = counters;
    return { time, protocols, links };
  }

  /**
   * The counters again and again, with how fast they grew: until `break` or `signal`.
   *
   *     for await (const { rates } of ns.network.counters.watch()) console.log(rates?.links.eth0?.rxBytes);
   */
  async *watch({
    interval = 1000,
    signal,
  }: WatchCountersOptions = {}): AsyncGenerator<WatchedCounters, void, undefined> {
    let before: CountersSample | undefined;
    while (signal?.aborted !== true) {
      const sample = await this.read();
      yield { ...sample, rates: before && ratesBetween(before, sample) };
      before = sample;
      try {
        await sleep(interval, undefined, { signal });
      } catch {
        return; // aborted
      }
    }
  }

  close(): void {
    this.#proc.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
