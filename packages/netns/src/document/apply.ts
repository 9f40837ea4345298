import { ENETDOWN } from '../errno-numbers.ts';
import { ApplyError, DocumentError, NetlinkError, someCommands, UnsupportedError } from '../errors.ts';
import type { NamingOptions } from '../namespaces/name-directory.ts';
import { removeName } from '../namespaces/names.ts';
import type { LinkSpec } from '../network/links.ts';
import type { Network } from '../network/network.ts';
import { carryOut } from './carry-out.ts';
import { type CompleteDocument, completed, namespacesIn } from './complete.ts';
import { describe, openStrangers, read } from './describe.ts';
import type { NamespaceDocument, NetworkDocument, SectionName } from './document.ts';
import { Networks } from './networks.ts';
import { plan, planFrom } from './plan.ts';
import { same } from './same.ts';
import { withScratch } from './scratch.ts';
import { sectionNames } from './section-names.ts';
import { partNames, partSection, tableNames } from './sections/index.ts';
import type { Place as PartPlace } from './sections/part-section.ts';
import type { Step } from './step.ts';
import { checkForm, completedSoundly, danglingOf } from './validate.ts';

/** How a document is applied: really or only in words, who hears of the steps, and where the names are. */
export interface ApplyOptions extends NamingOptions {
  /** Change nothing: only say what would be done. */
  readonly dryRun?: boolean | undefined;
  /** Called before each step; what it throws ends the work as a failure of the step does. */
  readonly onStep?: ((step: Step, index: number, steps: readonly Step[]) => void) | undefined;
  /** What `describe` gave when the plan was made: where it is not so any more, nothing is done. */
  readonly since?: NetworkDocument | undefined;
}

/** As often as that is looked again whether all is as it should be. */
const rounds = 4;

/**
 * Makes the networks of namespaces what a document says, and only what differs; gives the steps that it took. `netns apply FILE`.
 *
 * A namespace that does not exist is made. Each section that the document has says all there is to be of its kind: what it does not name is
 * deleted. A section that is left out is left alone. Afterwards everything is read back and compared. When a step fails, or what is read
 * back is not as the document says, all is made again as it was.
 *
 * Throws DocumentError (it cannot be right; nothing was done), UnsupportedError (a kind of device that this kernel lacks; nothing was done),
 * ApplyError (with the kernel's reason as `cause`), KernelError EPERM.
 */
export async function apply(document: NetworkDocument, options: ApplyOptions = {}): Promise<readonly Step[]> {
  checkForm(document);
  const work = new Application(document, options);
  try {
    return await work.run();
  } finally {
    work.close();
  }
}

class Application {
  #document: NetworkDocument;
  /** With everything said that it means, once that has to be found out. */
  #wanted: CompleteDocument = new Map();
  readonly #options: ApplyOptions;
  readonly #networks: Networks;
  readonly #created: string[] = [];
  /** Whose firewall was changed. */
  readonly #refilled = new Set<string>();

  constructor(document: NetworkDocument, options: ApplyOptions) {
    this.#document = document;
    this.#options = options;
    this.#networks = new Networks(options);
  }

  async run(): Promise<readonly Step[]> {
    this.#networks.open(namespacesIn(this.#document));
    const sections = this.#sectionsToRead();
    let state = await this.#read(sections);
    if (this.#isSaidWordForWord(state)) {
      await this.#checkSince();
      return [];
    }
    this.#wanted = completedSoundly(this.#document);
    let complete = completed(state);
    const dangling = danglingOf(this.#document, state, this.#wanted, complete);
    if (dangling.length > 0) throw new DocumentError(dangling);
    await this.#checkSince();
    await this.#normalise(state);
    let steps = planFrom(this.#wanted, state, complete);
    if (steps.length === 0) return steps;
    // Steps may take along what the document is silent about, and may have to be undone.
    state = await this.#readAll();
    complete = completed(state);
    steps = planFrom(this.#wanted, state, complete);
    await checkKinds(steps, state);
    if (!this.#options.dryRun) await this.#change(steps, state, sections);
    return steps;
  }

  close(): void {
    this.#networks[Symbol.dispose]();
  }

  #read(sections: readonly SectionName[]): Promise<NetworkDocument> {
    return read(this.#networks, this.#networks.names, sections, this.#document);
  }

  /** All of it, with the namespaces that hold the other ends of veths: these go with ours, and come back if they have to. */
  async #readAll(): Promise<NetworkDocument> {
    const state = await this.#read(sectionNames);
    return (await openStrangers(this.#networks, state, this.#options)) ? this.#read(sectionNames) : state;
  }

  /**
   * Whether the document describes what is there as `describe` does: then nothing is left to do, and what the two mean need not be found
   * out. Ends of veths that only their other ends name are looked at in any case.
   */
  #isSaidWordForWord(state: NetworkDocument): boolean {
    const { namespaces } = this.#document;
    for (const [name, source] of Object.entries(namespaces)) {
      const there = state.namespaces[name];
      if (there === undefined) return false;
      for (const section of Object.keys(source) as SectionName[])
        if (!same(source[section], there[section])) return false;
      for (const { peer } of Object.values(source.links ?? {})) {
        if (peer?.link === undefined) continue;
        const elsewhere = namespaces[peer.namespace ?? name]?.links ?? {};
        if (!Object.hasOwn(elsewhere, peer.link)) return false;
      }
    }
    return true;
  }

  /** What the document speaks of, links in any case, and nexthops where routes refer to them. */
  #sectionsToRead(): SectionName[] {
    const said = new Set<SectionName>(['links']);
    for (const source of Object.values(this.#document.namespaces)) {
      for (const section of Object.keys(source) as SectionName[]) said.add(section);
      if (source.routes?.some(({ nexthop }) => nexthop !== undefined)) said.add('nexthops');
    }
    return sectionNames.filter((section) => said.has(section));
  }

  /** A value that is not as what is there may only say the same in other words: the kernel tells, where nobody sees it. */
  async #normalise({ namespaces }: NetworkDocument): Promise<void> {
    const normal: Record<string, NamespaceDocument> = {};
    let changed = false;
    for (const [name, source] of Object.entries(this.#document.namespaces)) {
      const own: Record<string, unknown> = { ...source };
      for (const part of partNames) {
        const section = partSection(part);
        const there = namespaces[name]?.[part] as Readonly<Record<string, unknown>> | undefined;
        for (const [key, value] of this.#wanted.get(name)?.parts.get(part) ?? []) {
          if (section.asTheKernelHasIt === undefined || same(value, section.full(there?.[key] ?? section.nothing)))
            continue;
          const known = await this.#tryOut(name, namespaces[name], (place) =>
            section.asTheKernelHasIt?.(key, value, place),
          );
          own[part] = { ...(own[part] as object), [key]: known };
          changed = true;
        }
      }
      normal[name] = own as NamespaceDocument;
    }
    if (!changed) return;
    this.#document = { version: 1, namespaces: normal };
    this.#wanted = completed(this.#document);
  }

  /** With devices of the same names: any will do. */
  #tryOut<T>(
    name: string,
    there: NamespaceDocument | undefined,
    work: (place: PartPlace) => Promise<T> | undefined,
  ): Promise<T | undefined> {
    const devices = new Set([...Object.keys(there?.links ?? {}), ...(this.#wanted.get(name)?.links.keys() ?? [])]);
    devices.delete('lo');
    return withScratch(async (place) => {
      for (const device of devices) await place.network.links.add({ kind: 'bridge', name: device });
      return work(place);
    });
  }

  async #checkSince(): Promise<void> {
    const { since } = this.#options;
    if (since === undefined) return;
    const names = Object.keys(since.namespaces);
    const now = await describe(
      names.filter((name) => this.#networks.has(name)),
      {
        ...this.#options,
        sections: Object.values(since.namespaces).flatMap((each) => Object.keys(each) as SectionName[]),
      },
    );
    for (const [name, before] of Object.entries(since.namespaces)) {
      for (const [section, was] of Object.entries(before)) {
        const is = now.namespaces[name]?.[section as SectionName];
        if (JSON.stringify(is) !== JSON.stringify(was))
          throw new ApplyError(`cannot apply: namespace ${name} has changed since the plan was made (${section})`, []);
      }
    }
  }

  async #change(first: readonly Step[], before: NetworkDocument, sections: readonly SectionName[]): Promise<void> {
    try {
      let steps = first;
      for (let round = 0; steps.length > 0; round++) {
        if (round === rounds)
          throw new Error(`it does not stay as it was made; it would take again: ${someCommands(commandsOf(steps))}`);
        await this.#carryOut(steps);
        // Reading back is planning again: when all is as it should be, there is nothing left to do.
        steps = plan(this.#document, await this.#read(sections));
      }
    } catch (error) {
      const remaining = await this.#rollBack(before);
      const reason = error instanceof Error ? error.message : String(error);
      throw new ApplyError(`cannot apply: ${reason}`, remaining, error);
    }
  }

  /** Entries of one table of one namespace travel together. */
  async #carryOut(steps: readonly Step[]): Promise<void> {
    for (let start = 0; start < steps.length; ) {
      const first = steps[start] as Step;
      let end = start + 1;
      if (isTable(first)) {
        while (end < steps.length && belongsTo(steps[end] as Step, first)) end++;
      }
      const results: Promise<void>[] = [];
      let refused: unknown;
      for (const [index, step] of steps.slice(start, end).entries()) {
        try {
          this.#options.onStep?.(step, start + index, steps);
        } catch (error) {
          refused = { error };
          break;
        }
        if (step.section === 'namespaces') this.#created.push(step.namespace);
        const done = patiently(() => carryOut(step, this.#networks, this.#options));
        results.push(step.section === 'firewall' ? done.then(() => void this.#refilled.add(step.namespace)) : done);
      }
      for (const result of await Promise.allSettled(results)) if (result.status === 'rejected') throw result.reason;
      if (refused !== undefined) throw (refused as { readonly error: unknown }).error;
      start = end;
    }
  }

  /** Plans the way back from what there is now. Gives, as commands, what is left to be done. */
  async #rollBack(all: NetworkDocument): Promise<readonly string[]> {
    // A ruleset that is not as it was, and not by us, is somebody else's.
    const before: NetworkDocument = {
      version: 1,
      namespaces: Object.fromEntries(
        Object.entries(all.namespaces).map(([name, { firewall, ...rest }]) => [
          name,
          this.#refilled.has(name) ? { ...rest, firewall } : rest,
        ]),
      ),
    };
    let left: readonly Step[] = [];
    for (let round = 0; ; round++) {
      left = plan(before, await this.#read(sectionNames));
      if (left.length === 0 || round === rounds) break;
      for (const step of left) await patiently(() => carryOut(step, this.#networks, this.#options)).catch(() => {});
    }
    for (const name of this.#created) {
      if (!this.#networks.has(name)) continue; // it was not made
      this.#networks.drop(name);
      removeName(name, this.#options);
    }
    return commandsOf(left);
  }
}

/** Nexthops one by one: each may have to wait for its device, and a group for its members. */
function isTable({ section }: Step): boolean {
  return section !== 'nexthops' && (tableNames as readonly string[]).includes(section);
}

/** How long a new device may take until it has a carrier, and so may have nexthops: the kernel looks after that in its own time. */
const carrierMs = 1000;

async function patiently(act: () => Promise<void>): Promise<void> {
  for (const end = Date.now() + carrierMs; ; ) {
    try {
      await act();
      return;
    } catch (error) {
      const waits = error instanceof NetlinkError && error.errno === ENETDOWN && /carrier/i.test(error.message);
      if (!waits || Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

function belongsTo(step: Step, first: Step): boolean {
  return step.section === first.section && step.namespace === first.namespace;
}

function commandsOf(steps: readonly Step[]): string[] {
  return steps.flatMap(({ commands }) => commands);
}

/** Tries kinds of devices that are to be made, and of which there is none yet, where nobody sees it. */
async function checkKinds(steps: readonly Step[], { namespaces }: NetworkDocument): Promise<void> {
  const there = Object.values(namespaces).flatMap(({ links = {} }) => Object.values(links).map(({ kind }) => kind));
  const kinds = new Set<string>();
  for (const step of steps) {
    if (step.section === 'links' && step.verb === 'add' && step.entry.kind !== undefined) kinds.add(step.entry.kind);
  }
  for (const kind of there) if (kind !== undefined) kinds.delete(kind);
  if (kinds.size === 0) return;
  await withScratch(({ network }) => tryKinds(kinds, network));
}

async function tryKinds(kinds: ReadonlySet<string>, network: Network): Promise<void> {
  for (const kind of kinds) {
    try {
      await network.links.add({ kind, name: 'probe' } as LinkSpec);
      await network.links.delete('probe');
    } catch (error) {
      // Any other refusal shows that the kernel knows the kind: it misses settings.
      if (error instanceof UnsupportedError) throw error;
    }
  }
}
