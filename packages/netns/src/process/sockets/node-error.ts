import { errnoName } from '../../errno.ts';

/** Where something should have happened: an address and a port, or the path of a unix socket. */
export interface Place {
  readonly address?: string | undefined;
  readonly port?: number | undefined;
}

/** An error as Node's own sockets have it: `errno` is negative, and the message says what was tried where. */
export function nodeError(errno: number, syscall: string, place: Place = {}): NodeJS.ErrnoException {
  return build(errno, syscall, '', place);
}

/** The same with the reason in words, which Node has in the errors of `listen` only. */
export function nodeListenError(errno: number, place: Place): NodeJS.ErrnoException {
  const { getSystemErrorMap } = process.getBuiltinModule('node:util');
  const reason = getSystemErrorMap().get(-errno)?.[1] ?? 'unknown error';
  return build(errno, 'listen', `: ${reason}`, place);
}

function build(errno: number, syscall: string, reason: string, { address, port }: Place): NodeJS.ErrnoException {
  const code = errnoName(errno);
  const where = address === undefined ? '' : port !== undefined && port > 0 ? ` ${address}:${port}` : ` ${address}`;
  return Object.assign(new Error(`${syscall} ${code}${reason}${where}`), {
    code,
    errno: -errno,
    syscall,
    ...(address === undefined ? {} : { address }),
    ...(port ? { port } : {}),
  });
}
