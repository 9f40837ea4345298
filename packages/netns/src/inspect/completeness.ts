import type { KernelError } from '../errors.ts';
import type { NamespaceType } from '../namespaces/type.ts';

/** Whether a census has found all. */
export interface Completeness {
  /** How many living network namespaces the kernel's own list has; undefined if it could not be read. */
  readonly kernel: number | undefined;
  /** How many network namespaces the census has. */
  readonly shown: number;
  /** Network namespaces that were made while the census looked, too late to see what keeps them; they are not shown. */
  readonly newer: number;
  /** Network namespaces that are being taken apart; they are not shown. */
  readonly dying: number;
  /** Of which types the census has all, as the kernel itself says. */
  readonly exhaustive: readonly NamespaceType[];
  /** What could not be seen and why, each a sentence without a stop. */
  readonly unseen: readonly string[];
}

/** Why the kernel's list could not be read. */
export function sayWhyNoList({ code, syscall, message }: Pick<KernelError, 'code' | 'syscall' | 'message'>): string {
  if (code === 'EPERM')
    return 'the kernel shows its list only to CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN, of the first user namespace';
  if (code === 'ENOENT') return 'this kernel does not tell its types (BTF), so its list cannot be read';
  if (code === 'EINVAL' && syscall === 'bpf(BPF_PROG_LOAD)')
    return 'the kernel does not take the program that reads its list: it is older than Linux 5.14, or CAP_PERFMON is missing';
  if (code === 'EAGAIN') return "network namespaces come and go faster than the kernel's list can be read";
  return message;
}

/** The last line of a listing of network namespaces. */
export function completenessLine({ kernel, shown, newer, dying, unseen }: Completeness): string {
  if (kernel === undefined) return `not exhaustive: ${unseen.join('; ')}`;
  const ending = [
    newer === 0 ? '' : `; ${newer} made meanwhile`,
    dying === 0 ? '' : `; ${dying} more being taken apart`,
  ].join('');
  return `kernel has ${kernel} network namespace${kernel === 1 ? '' : 's'}, ${shown} shown${ending}`;
}
