import { type NameEvent, NetworkNamespace } from 'netns';
import type { Outside } from './ground.ts';
import { Resident } from './resident.ts';

/** What the steps share. */
export class Stage implements AsyncDisposable {
  readonly outside: Outside;
  /** What the monitor has told so far. */
  readonly events: NameEvent[] = [];
  readonly #monitor = new AbortController();
  readonly #open = new Map<string, NetworkNamespace>();
  readonly #residents = new Map<string, Resident>();

  constructor(outside: Outside) {
    this.outside = outside;
  }

  listen(): void {
    const events = NetworkNamespace.monitor({ signal: this.#monitor.signal });
    void (async () => {
      for await (const event of events) this.events.push(event);
    })();
  }

  /** Makes a namespace with a name, or without one. */
  make(name: string, named = true): NetworkNamespace {
    const namespace = named ? NetworkNamespace.createNamed(name) : NetworkNamespace.create();
    this.#open.set(name, namespace);
    return namespace;
  }

  get(name: string): NetworkNamespace {
    const namespace = this.#open.get(name);
    if (namespace === undefined) throw new Error(`${name} is not there`);
    return namespace;
  }

  /** Lets go of a namespace: if nothing else holds it, it ends. */
  release(name: string): void {
    this.get(name).close();
    this.#open.delete(name);
  }

  async moveInto(name: string): Promise<Resident> {
    const resident = await Resident.moveInto(this.get(name));
    this.#residents.set(name, resident);
    return resident;
  }

  residentOf(name: string): Resident {
    const resident = this.#residents.get(name);
    if (resident === undefined) throw new Error(`nobody lives in ${name}`);
    return resident;
  }

  async moveOut(name: string): Promise<void> {
    await this.residentOf(name).end();
    this.#residents.delete(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#monitor.abort();
    for (const name of [...this.#residents.keys()]) await this.moveOut(name);
    for (const name of [...this.#open.keys()]) this.release(name);
  }
}

/** Waits until something is so; the kernel does some things a moment later. */
export async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (let waited = 0; !(await isSo()); waited += 10) {
    if (waited > 30_000) throw new Error(`not so after 30 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
