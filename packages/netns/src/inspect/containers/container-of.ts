import { idOfFileIfAny } from '../../namespaces/identity.ts';
import { FileReader } from '../../native/file-reader.ts';
import { syscall } from '../../native/syscall.ts';
import { type Family, programs } from '../programs.ts';
import { openNamespacePath, ownerUidOf } from '../relations.ts';
import { type Container, containerOfCgroups, type Runtime } from './cgroups.ts';
import { type ProcessFacts, RuntimeState } from './runtime-state.ts';
import { containerOfSupervisor } from './supervisors.ts';

const processFacts: ProcessFacts = {
  startOf: programs.startOf,
  makerOf(pid) {
    const path = `/proc/${pid}/ns/user`;
    const inode = idOfFileIfAny(path)?.ino;
    const fd = inode === undefined ? undefined : openNamespacePath(path, inode);
    if (fd === undefined) return undefined;
    const uid = ownerUidOf(fd);
    syscall('close', fd);
    return uid;
  },
};

/** Those whose ids are no names. */
const haveNames: readonly Runtime[] = ['podman'];
const lowLevel: readonly Runtime[] = ['runc', 'crun'];
/** How far up a program that starts containers is looked for. */
const generations = 3;

/**
 * Tells which container a process is in: by the name of its control group, by what runtimes write down about their containers, and by the
 * program that stands above it. No daemon is asked. What may not be read is left out: a container then has no name, or is none.
 */
export class Containers {
  readonly #reader = new FileReader();
  readonly #state: RuntimeState;
  readonly #names = new Map<string, string | undefined>();
  /** What the texts of control groups tell: many processes have the same. */
  readonly #groups = new Map<string, Container | undefined>();

  constructor(state = new RuntimeState()) {
    this.#state = state;
  }

  /** The container of a process, and of those above it. */
  of(pid: number, family: Family = programs): Container | undefined {
    const ofGroup = this.#ofGroup(pid);
    const found = ofGroup && this.#named(ofGroup);
    if (found !== undefined && (found.name !== undefined || !haveNames.includes(found.runtime))) return found;
    // Engines start containers by low-level runtimes, and may keep their state anywhere; but who stands above the container knows its name.
    let best = found;
    let at: number | undefined = pid;
    for (let generation = 0; at !== undefined && at > 0 && generation <= generations; generation++) {
      const container = this.#at(at, generation, family);
      if (container !== undefined && (best === undefined || container.id === best.id)) {
        if (!lowLevel.includes(container.runtime)) return this.#named(container);
        best ??= container;
      }
      at = family.parentOf(at);
    }
    return best;
  }

  #at(pid: number, generation: number, { nameOf }: Family): Container | undefined {
    const name = nameOf(pid) ?? '';
    if (name === 'bwrap') {
      const app = this.#state.flatpakOf(pid);
      return app === undefined ? { runtime: 'bubblewrap', id: String(pid) } : { runtime: 'flatpak', id: app };
    }
    // It knows more than the state of the runtime that it has started; but it is not in the container itself.
    const above = generation === 0 ? undefined : containerOfSupervisor(name, () => programs.argumentsOf(pid));
    return above ?? this.#state.byFirst(pid, processFacts);
  }

  #named(container: Container): Container {
    if (container.name !== undefined) return container;
    const { runtime, id } = container;
    const key = `${runtime}:${id}`;
    if (!this.#names.has(key)) this.#names.set(key, this.#state.nameOf(container));
    const name = this.#names.get(key);
    return name === undefined ? container : { ...container, name };
  }

  #ofGroup(pid: number): Container | undefined {
    const bytes = this.#reader.start(`/proc/${pid}/cgroup`);
    if (bytes === undefined) return undefined;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
    if (!this.#groups.has(text)) this.#groups.set(text, containerOfCgroups(text));
    return this.#groups.get(text);
  }
}
