import { readdirSync, readFileSync } from 'node:fs';
import { FileReader } from '../native/file-reader.ts';
import { type Container, containerOfCgroups } from './containers.ts';

/** How far up a program that starts containers is looked for. */
const generations = 3;

/**
 * Tells which container a process is in, by the name of its control group and by what runtimes write down about their containers; no
 * daemon is asked. What may not be read is left out: a container then has no name, or is none.
 */
export class Containers {
  readonly #reader = new FileReader();
  readonly #names = new Map<string, string | undefined>();
  #ofRunc: Map<number, string> | undefined;
  #ofPodman: Map<string, string> | undefined;

  /** The container of a process, and of those above it. */
  of(pid: number, parentOf: (pid: number) => number | undefined): Container | undefined {
    const text = this.#text(`/proc/${pid}/cgroup`);
    const found = text === undefined ? undefined : containerOfCgroups(text);
    if (found !== undefined) return this.#named(found);
    this.#ofRunc ??= runcContainers();
    let at: number | undefined = pid;
    for (let generation = 0; at !== undefined && at > 0 && generation < generations; generation++) {
      const id = this.#ofRunc.get(at);
      if (id !== undefined) return { runtime: 'runc', id };
      if (this.#text(`/proc/${at}/comm`)?.trimEnd() === 'bwrap') return { runtime: 'bubblewrap', id: String(at) };
      at = parentOf(at);
    }
    return undefined;
  }

  #named(container: Container): Container {
    const { runtime, id } = container;
    const key = `${runtime}:${id}`;
    if (!this.#names.has(key)) this.#names.set(key, this.#nameOf(container));
    const name = this.#names.get(key);
    return name === undefined ? container : { ...container, name };
  }

  #nameOf({ runtime, id }: Container): string | undefined {
    switch (runtime) {
      case 'docker':
        return text(json(`/var/lib/docker/containers/${id}/config.v2.json`), 'Name')?.replace(/^\//, '');
      case 'podman':
        this.#ofPodman ??= podmanContainers();
        return this.#ofPodman.get(id);
      case 'containerd':
      case 'kubernetes':
        return kubernetesName(id);
      default:
        return undefined;
    }
  }

  #text(path: string): string | undefined {
    const bytes = this.#reader.start(path);
    return bytes && new TextDecoder().decode(bytes);
  }
}

/** POD/CONTAINER, as containerd wrote it into the configuration that it gave to the runtime. */
function kubernetesName(id: string): string | undefined {
  const root = '/run/containerd/io.containerd.runtime.v2.task';
  for (const namespace of list(root)) {
    const notes = value(json(`${root}/${namespace}/${id}/config.json`), 'annotations');
    const pod = text(notes, 'io.kubernetes.cri.sandbox-name');
    const container = text(notes, 'io.kubernetes.cri.container-name');
    if (pod !== undefined) return container === undefined ? pod : `${pod}/${container}`;
  }
  return undefined;
}

function podmanContainers(): Map<string, string> {
  const names = new Map<string, string>();
  const root = '/var/lib/containers/storage';
  for (const driver of list(root).filter((entry) => entry.endsWith('-containers'))) {
    const entries = json(`${root}/${driver}/containers.json`);
    for (const entry of Array.isArray(entries) ? entries : []) {
      const [id, name] = [text(entry, 'id'), value(entry, 'names')];
      if (id !== undefined && Array.isArray(name)) names.set(id, String(name[0]));
    }
  }
  return names;
}

/** The first process of each container that runc has started, whatever its control group is called. */
function runcContainers(): Map<number, string> {
  const ids = new Map<number, string>();
  for (const root of ['/run/runc', '/run/crun']) {
    for (const id of list(root)) {
      const pid = value(json(`${root}/${id}/state.json`), 'init_process_pid');
      if (typeof pid === 'number') ids.set(pid, id);
    }
  }
  return ids;
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function json(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function value(from: unknown, key: string): unknown {
  return typeof from === 'object' && from !== null ? (from as Record<string, unknown>)[key] : undefined;
}

function text(from: unknown, key: string): string | undefined {
  const found = value(from, key);
  return typeof found === 'string' ? found : undefined;
}
