import { ClosedError, KernelError } from '../../../errors.ts';

/** As `node:dns` reports it: `queryA ENOTFOUND example.org`. */
export function dnsError(code: string, syscall: string, hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${syscall} ${code} ${hostname}`), { errno: undefined, code, syscall, hostname });
}

const EAI_AGAIN = -3001;
const EAI_NONAME = -3008;

/** As `dns.lookup` reports it: there is no such name, or nobody could be asked. */
export function lookupError(code: 'ENOTFOUND' | 'EAI_AGAIN', hostname: string): NodeJS.ErrnoException {
  const errno = code === 'ENOTFOUND' ? EAI_NONAME : EAI_AGAIN;
  return Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { errno, code, syscall: 'getaddrinfo', hostname });
}

/** The code that each answer of a server stands for. RFC 1035, RFC 2136. */
export const codeOfAnswer: Readonly<Record<string, string>> = {
  FORMERR: 'EFORMERR',
  SERVFAIL: 'ESERVFAIL',
  NXDOMAIN: 'ENOTFOUND',
  NOTIMP: 'ENOTIMP',
  REFUSED: 'EREFUSED',
};

/** Not of a server, and no matter of names: the namespace is closed, or cannot be entered. */
export function isAboutNamespace(error: unknown): boolean {
  return error instanceof ClosedError || error instanceof KernelError;
}
