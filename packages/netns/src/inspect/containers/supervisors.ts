/** Programs that stand above the first process of a container, and say on their command line which it is. Pure. */
import type { Container } from './cgroups.ts';

/** What a supervisor's command line says of its container; undefined: it is none that is known. `words` is called only for one. */
export function containerOfSupervisor(name: string, words: () => readonly string[]): Container | undefined {
  return Object.hasOwn(supervisors, name) ? supervisors[name]?.(words()) : undefined;
}

/** By the names that the kernel has for them: 15 bytes at most. */
const supervisors: Readonly<Record<string, (words: readonly string[]) => Container | undefined>> = {
  // Of Podman and of CRI-O: conmon(8).
  conmon: (words) => {
    const [id, name] = [optionIn(words, '-c', '--cid'), optionIn(words, '-n', '--name')];
    if (id === undefined) return undefined;
    const isCrio = words.some((word) => word.includes('/crio/'));
    return { runtime: isCrio ? 'cri-o' : 'podman', id, ...(name !== undefined && !isCrio && { name }) };
  },
  'containerd-shim': (words) => {
    const id = optionIn(words, '-id', '--id');
    const namespace = optionIn(words, '-namespace', '--namespace');
    // Of Kubernetes there is one for all containers of a pod.
    if (id === undefined || namespace === 'k8s.io') return undefined;
    return { runtime: namespace === 'moby' ? 'docker' : 'containerd', id };
  },
  'systemd-nspawn': (words) => {
    const directory = optionIn(words, '-D', '--directory')?.replace(/\/+$/, '');
    const id = optionIn(words, '-M', '--machine') ?? directory?.slice(directory.lastIndexOf('/') + 1);
    return id === undefined || id === '' ? undefined : { runtime: 'systemd-nspawn', id };
  },
};

/** `-c ID`, `--cid ID` or `--cid=ID`. */
function optionIn(words: readonly string[], ...options: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (options.includes(word)) return words[index + 1];
    const option = options.find((each) => each.startsWith('--') && word.startsWith(`${each}=`));
    if (option !== undefined) return word.slice(option.length + 1);
  }
  return undefined;
}
