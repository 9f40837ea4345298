import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import type { Container, Runtime } from './cgroups.ts';

/** What is asked about a process that a file speaks of. */
export interface ProcessFacts {
  /** When it was started: a number may be another's by now. */
  startOf(pid: number): number | undefined;
  /** Who made the user namespace that it is in: what a user has written counts for theirs only. */
  makerOf(pid: number): number | undefined;
}

/** Larger than any of the files that are read here: a user may put there what they like. */
const mostBytes = 4 << 20;

/**
 * What runtimes have written down about their containers, root's and those of users who are logged in; no daemon is asked. What may not be
 * read, or is not as it should be, is left out.
 */
export class RuntimeState {
  readonly #root: string;
  #users: readonly UserPlaces[] | undefined;
  #firsts: ReadonlyMap<number, Container> | undefined;
  #flatpaks: ReadonlyMap<number, string> | undefined;
  #podman: ReadonlyMap<string, string> | undefined;

  /** `root`: where the file system begins, for tests. */
  constructor(root = '') {
    this.#root = root;
  }

  /** The container of which this is the first process. */
  byFirst(pid: number, facts: ProcessFacts): Container | undefined {
    this.#firsts ??= this.#firstProcesses(facts);
    return this.#firsts.get(pid);
  }

  /** The name of the application that a `bwrap` of flatpak has started. */
  flatpakOf(pid: number): string | undefined {
    this.#flatpaks ??= this.#flatpakInstances();
    return this.#flatpaks.get(pid);
  }

  /** What people call a container; undefined: nobody has written it down. */
  nameOf({ runtime, id }: Container): string | undefined {
    if (id.includes('/')) return undefined; // it is to be a part of a path
    switch (runtime) {
      case 'docker':
        return first(this.#data('/var/lib/docker', 'docker'), (docker) =>
          text(this.#json(`${docker}/containers/${id}/config.v2.json`), 'Name')?.replace(/^\//, ''),
        );
      case 'podman':
        this.#podman ??= this.#namesOfPodman();
        return this.#podman.get(id);
      case 'cri-o':
        return this.#nameOfPod(
          this.#storage('/run/containers/storage').map((storage) => `${storage}/${id}/userdata/config.json`),
          'io.kubernetes.pod.name',
          'io.kubernetes.container.name',
        );
      case 'containerd':
      case 'kubernetes':
        return this.#nameOfPod(
          this.#below('/run/containerd/io.containerd.runtime.v2.task').map((place) => `${place}/${id}/config.json`),
          'io.kubernetes.cri.sandbox-name',
          'io.kubernetes.cri.container-name',
        );
      default:
        return undefined;
    }
  }

  /** POD/CONTAINER, as it stands in the configuration that was given to the runtime; or the name that nerdctl gave. */
  #nameOfPod(files: readonly string[], podNote: string, containerNote: string): string | undefined {
    return first(files, (file) => {
      const notes = value(this.#json(file), 'annotations');
      const [pod, container] = [text(notes, podNote), text(notes, containerNote)];
      if (pod === undefined) return text(notes, 'nerdctl/name');
      return container === undefined || container === 'POD' ? pod : `${pod}/${container}`;
    });
  }

  #namesOfPodman(): Map<string, string> {
    const names = new Map<string, string>();
    for (const place of this.#data('/var/lib/containers', 'containers'))
      for (const storage of this.#storage(`${place}/storage`)) {
        const entries = this.#json(`${storage}/containers.json`);
        for (const entry of Array.isArray(entries) ? entries : []) {
          const [id, given] = [text(entry, 'id'), value(entry, 'names')];
          if (id !== undefined && Array.isArray(given)) names.set(id, String(given[0]));
        }
      }
    return names;
  }

  #firstProcesses({ startOf, makerOf }: ProcessFacts): Map<number, Container> {
    const firsts = new Map<number, Container>();
    let writer: number | undefined;
    const add = (container: Container, state: unknown, pidName: string, startName: string) => {
      const [pid, start] = [value(state, pidName), value(state, startName)];
      if (typeof pid !== 'number' || firsts.has(pid)) return;
      if (writer !== undefined && makerOf(pid) !== writer) return;
      if (typeof start !== 'number' || start === 0 || startOf(pid) === start) firsts.set(pid, container);
    };
    const runc = (directory: string, runtime: Runtime) => {
      for (const id of this.#list(directory))
        add({ runtime, id }, this.#json(`${directory}/${id}/state.json`), 'init_process_pid', 'init_process_start');
    };
    for (const { runtime, uid } of [{ runtime: '/run', uid: undefined }, ...this.#userPlaces]) {
      writer = uid;
      runc(`${runtime}/docker/runtime-runc/moby`, 'docker');
      for (const namespace of this.#list(`${runtime}/containerd/runc`))
        runc(`${runtime}/containerd/runc/${namespace}`, engines[namespace] ?? 'containerd');
      runc(`${runtime}/runc`, 'runc');
      for (const id of this.#list(`${runtime}/crun`))
        add({ runtime: 'crun', id }, this.#json(`${runtime}/crun/${id}/status`), 'pid', 'process-start-time');
    }
    return firsts;
  }

  #flatpakInstances(): Map<number, string> {
    const names = new Map<number, string>();
    for (const { runtime } of this.#userPlaces)
      for (const instance of this.#below(`${runtime}/.flatpak`)) {
        const name = /^(?:name|runtime)=(.+)$/m.exec(this.#text(`${instance}/info`) ?? '')?.[1];
        const pids = [
          Number(this.#text(`${instance}/pid`)),
          value(this.#json(`${instance}/bwrapinfo.json`), 'child-pid'),
        ];
        for (const pid of pids) if (name !== undefined && typeof pid === 'number' && pid > 0) names.set(pid, name);
      }
    return names;
  }

  /** Where a program keeps its data: root's, and that of each user. */
  #data(ofRoot: string, name: string): string[] {
    return [ofRoot, ...this.#userPlaces.flatMap(({ data }) => (data === undefined ? [] : [`${data}/${name}`]))];
  }

  /** The directories of containers in a storage: one for each driver. */
  #storage(directory: string): string[] {
    return this.#below(directory).filter((path) => path.endsWith('-containers'));
  }

  #below(directory: string): string[] {
    return this.#list(directory).map((name) => `${directory}/${name}`);
  }

  /** Users who have a runtime directory; their homes as passwd(5) has them. */
  get #userPlaces(): readonly UserPlaces[] {
    this.#users ??= this.#findUsers();
    return this.#users;
  }

  #findUsers(): UserPlaces[] {
    const homes = new Map<string, string>();
    for (const line of (this.#text('/etc/passwd') ?? '').split('\n')) {
      const [, , uid, , , home] = line.split(':');
      if (uid !== undefined && home !== undefined && !homes.has(uid)) homes.set(uid, home);
    }
    return this.#list('/run/user').map((uid) => {
      const home = homes.get(uid);
      return {
        uid: Number(uid),
        runtime: `/run/user/${uid}`,
        data: home === undefined ? undefined : `${home}/.local/share`,
      };
    });
  }

  #list(directory: string): string[] {
    try {
      return readdirSync(this.#root + directory);
    } catch {
      return [];
    }
  }

  /** Of what is a file only: whoever may write there could have us wait at a pipe for ever. */
  #text(file: string): string | undefined {
    let fd: number | undefined;
    try {
      fd = openSync(this.#root + file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
      const stats = fstatSync(fd);
      return stats.isFile() && stats.size <= mostBytes ? readFileSync(fd, 'utf8') : undefined;
    } catch {
      return undefined;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  #json(file: string): unknown {
    try {
      return JSON.parse(this.#text(file) ?? '');
    } catch {
      return undefined;
    }
  }
}

interface UserPlaces {
  readonly uid: number;
  /** `$XDG_RUNTIME_DIR`. */
  readonly runtime: string;
  /** `$XDG_DATA_HOME`, where it usually is. */
  readonly data: string | undefined;
}

/** What containerd is the engine of, by the name that its namespace has. */
const engines: Readonly<Record<string, Runtime>> = { moby: 'docker', 'k8s.io': 'kubernetes' };

function first<T, U>(values: readonly T[], find: (value: T) => U | undefined): U | undefined {
  for (const each of values) {
    const found = find(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

function value(from: unknown, key: string): unknown {
  return typeof from === 'object' && from !== null ? (from as Record<string, unknown>)[key] : undefined;
}

function text(from: unknown, key: string): string | undefined {
  const found = value(from, key);
  return typeof found === 'string' ? found : undefined;
}
