/** What started the processes of a container, as far as the name of their control group tells. Pure. */

/** What containers are started by. */
export type Runtime =
  | 'docker'
  | 'podman'
  | 'containerd'
  | 'cri-o'
  | 'kubernetes'
  | 'lxc'
  | 'systemd-nspawn'
  | 'flatpak'
  | 'snap'
  | 'runc'
  | 'crun'
  | 'bubblewrap';

/** A container, as its runtime knows it. */
export interface Container {
  readonly runtime: Runtime;
  /** As the runtime has it: 64 hexadecimal digits, or a name. */
  readonly id: string;
  /** What people call it, where the runtime's own files tell. */
  readonly name?: string;
}

/** `docker:web`: what people call a container. An id of 64 digits is told by its beginning, as runtimes do. */
export function sayContainer({ runtime, id, name }: Container, separator = ':'): string {
  return `${runtime}${separator}${name ?? (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id)}`;
}

const hex = '([0-9a-f]{64})';

/** How runtimes call the control group of a container, the innermost part that tells. */
const patterns: readonly (readonly [Runtime, RegExp])[] = [
  ['docker', new RegExp(`/docker[-/]${hex}(?:\\.scope)?(?:/|$)`)],
  ['podman', new RegExp(`/libpod(?:-conmon)?-${hex}(?:\\.scope)?(?:/|$)`)],
  ['containerd', new RegExp(`[/:]cri-containerd[-:]${hex}(?:\\.scope)?(?:/|$)`)],
  ['cri-o', new RegExp(`/crio-${hex}(?:\\.scope)?(?:/|$)`)],
  ['kubernetes', new RegExp(`/kubepods.*/${hex}(?:/|$)`)],
  ['lxc', /\/lxc\.payload\.([^/]+)/],
  ['lxc', /\/lxc\/([^/]+)/],
  ['systemd-nspawn', /\/machine-([^/]+)\.scope/],
  ['systemd-nspawn', /\/systemd-nspawn@([^/]+)\.service/],
  ['flatpak', /\/app-flatpak-(.+)-\d+\.scope/],
  ['snap', /\/snap\.([^/]+?)(?:[.-][0-9a-f-]{36})?\.(?:scope|service)/],
];

/** Reads a /proc/PID/cgroup file: what container its process is in; undefined: none that is known. cgroups(7). */
export function containerOfCgroups(text: string): Container | undefined {
  for (const line of text.split('\n')) {
    const path = line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1);
    if (path === '' || path === '/') continue;
    for (const [runtime, pattern] of patterns) {
      const [, id] = pattern.exec(path) ?? [];
      if (id !== undefined) return { runtime, id: unescapeUnit(id) };
    }
  }
  return undefined;
}

/** systemd writes what may not be in the name of a unit as `\x2d`. */
function unescapeUnit(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}
