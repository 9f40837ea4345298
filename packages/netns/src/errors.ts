import { errnoMessage, errnoName } from './errno.ts';

/**
 * Every error that this library throws, one line each: what was being done, to what, and the kernel's reason.
 *
 * Each class has a `code` for programs and recognises its instances across copies of the package (two versions in one
 * process): `error instanceof KernelError` asks for a brand, not for one particular class object.
 */
abstract class NetnsError extends Error {
  abstract readonly code: string;

  static override [Symbol.hasInstance](this: Branding, value: unknown): boolean {
    // A class that somebody made from one of ours has no brand of its own.
    if (!Object.hasOwn(this.prototype, brand)) return Function.prototype[Symbol.hasInstance].call(this, value);
    for (let proto = value; typeof proto === 'object' && proto !== null; proto = Object.getPrototypeOf(proto)) {
      if (Object.hasOwn(proto, brand) && (proto as Branded)[brand] === this.name) return true;
    }
    return false;
  }
}

const brand = Symbol.for('netns.error');
interface Branded {
  readonly [brand]: string;
}

interface Branding {
  readonly prototype: object;
  readonly name: string;
}

/** By the name that is written here: who makes a program smaller may give the class another one. */
function branded(name: string, cls: Branding): void {
  Object.defineProperty(cls, 'name', { value: name });
  Object.defineProperty(cls.prototype, brand, { value: name });
  Object.defineProperty(cls.prototype, 'name', { value: name });
}

/** What a KernelError is made of. */
export interface KernelErrorDetails {
  /** The positive error number, as in `errno.h`. */
  readonly errno: number;
  /** The system call, or the netlink request, that was refused. */
  readonly syscall: string;
  /** What was being done and to what, after "cannot": `create namespace file /run/netns/a`. */
  readonly operation: string;
  /** A checked explanation, never a guess. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The kernel refused something. `code` is the error's name (`EEXIST`), `errno` its number. */
export class KernelError extends NetnsError {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly operation: string;
  readonly hint: string | undefined;

  constructor(details: KernelErrorDetails, kernelText?: string) {
    const code = errnoName(details.errno);
    const kernel = kernelText === undefined ? '' : `; kernel: "${kernelText}"`;
    const hint = details.hint === undefined ? '' : `; ${details.hint}`;
    const line = `cannot ${details.operation}: ${errnoMessage(details.errno)} (${code}, ${details.syscall}${kernel})${hint}`;
    super(line, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.errno = details.errno;
    this.syscall = details.syscall;
    this.operation = details.operation;
    this.hint = details.hint;
  }
}

/** What the kernel says beside the error number (NETLINK_EXT_ACK, `linux/netlink.h`, since Linux 4.12). */
export interface ExtendedAck {
  /** The kernel's own sentence. */
  readonly message?: string;
  /** Where in the request the offending attribute starts, in bytes. */
  readonly offset?: number;
  /** The offending or missing attribute as a path: `linkinfo.data.id`. */
  readonly attribute?: string;
  /** The number of an attribute that the request lacks (since Linux 6.1). */
  readonly missingType?: number;
}

/** The kernel refused a netlink request; `extack` has its own words and the attribute that it names. */
export class NetlinkError extends KernelError {
  readonly request: string;
  readonly extack: ExtendedAck | undefined;

  constructor(details: KernelErrorDetails, extack?: ExtendedAck) {
    const attribute = extack?.attribute === undefined ? '' : ` [${extack.attribute}]`;
    super(details, extack?.message === undefined ? undefined : `${extack.message}${attribute}`);
    this.request = details.syscall;
    this.extack = extack;
  }
}

/** A change of a transaction that the kernel refused: which of them, counted from 0, and why. */
export interface Refusal {
  readonly change: number;
  readonly error: NetlinkError;
}

/** Of changes that are made all or not at all the kernel refused at least one, so none was made. As an error it is the first refusal. */
export class TransactionError extends NetlinkError {
  /** There may be thousands of them: they are not shown with the error. */
  declare readonly refusals: readonly Refusal[];

  constructor(refusals: readonly Refusal[]) {
    const [{ error } = { error: undefined }] = refusals;
    if (error === undefined) throw new TypeError('a transaction fails by a refusal');
    const { errno, syscall, operation, extack } = error;
    const others = new Set(refusals.map(({ change }) => change)).size - 1;
    const more =
      others === 0
        ? ''
        : `, and ${others} other${others === 1 ? '' : 's'} of the changes ${others === 1 ? 'was' : 'were'} refused`;
    super({ errno, syscall, operation, hint: `nothing was changed${more}` }, extack);
    Object.defineProperty(this, 'refusals', { value: refusals });
  }
}

/** Bytes that are not what they should be: `path` names the attribute, `offset` the byte where it starts. */
export class DecodeError extends NetnsError {
  readonly code = 'ERR_NETNS_DECODE';
  readonly path: string;
  readonly offset: number;

  constructor(path: string, offset: number, reason: string) {
    super(`cannot decode ${path} at byte ${offset}: ${reason}`);
    this.path = path;
    this.offset = offset;
  }
}

const mostShown = 100;

/** What somebody has given, as one line: of what is very long the beginning. */
function quoted(text: string): string {
  return text.length <= mostShown ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, mostShown))}…`;
}

/** Any value as one line, objects by their keys: for an object without a prototype, or a symbol in a list, there is no text. */
function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  try {
    const text = String(value);
    return text === '[object Object]'
      ? `{${Object.keys(value as object)
          .map(quoted)
          .join(', ')}}`
      : text;
  } catch {
    return typeof value;
  }
}

/** An argument that cannot be right, found before anything was done. */
export class InvalidArgumentError extends NetnsError {
  readonly code = 'ERR_NETNS_INVALID';
  readonly argument: string;
  readonly value: unknown;
  /** What it must be. */
  readonly reason: string;

  constructor(argument: string, value: unknown, reason: string) {
    super(`invalid ${argument} ${shown(value)}: ${reason}`);
    this.argument = argument;
    this.value = value;
    this.reason = reason;
  }
}

/** Something that this kernel, machine or build does not have; `since` says what does. */
export class UnsupportedError extends NetnsError {
  readonly code = 'ERR_NETNS_UNSUPPORTED';
  readonly feature: string;
  readonly since: string;

  constructor(feature: string, since: string, cause?: unknown) {
    super(`${feature} is not available here: it needs ${since}`, cause === undefined ? undefined : { cause });
    this.feature = feature;
    this.since = since;
  }
}

/** What is wrong with a document, and where in its text that is, as far as it has one. */
export interface DocumentProblem {
  /** The way to the value: `['namespaces', 'blue', 'routes', 0, 'gateway']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** A document that cannot be right, found before anything was done. The message has the first problem; `problems` has all. */
export class DocumentError extends NetnsError {
  readonly code = 'ERR_NETNS_DOCUMENT';
  readonly problems: readonly DocumentProblem[];
  /** What the document is called, mostly a file. */
  readonly file: string | undefined;

  constructor(problems: readonly DocumentProblem[], file?: string) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    super(problems.slice(0, 1).map((problem) => documentProblemText(problem, file)) + more);
    this.problems = problems;
    this.file = file;
  }
}

/** `lab.yaml:3:7: namespaces.blue.routes.0.gateway: it must be an IP address`. */
export function documentProblemText({ path, message, line, column }: DocumentProblem, file?: string): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return [place, path.join('.'), message].filter((part) => part !== '').join(': ');
}

/** The first of them, and of each the beginning: one may load a whole firewall. */
export function someCommands(commands: readonly string[]): string {
  const some = commands.slice(0, 3).map((command) => (command.length > 200 ? `${command.slice(0, 199)}…` : command));
  return [...some, ...(commands.length > some.length ? ['…'] : [])].join('; ');
}

/** Networks could not be made what a document says. */
export class ApplyError extends NetnsError {
  readonly code = 'ERR_NETNS_APPLY';
  /** Whether everything is again as it was. */
  readonly rolledBack: boolean;
  /** What could not be undone, as commands that would have to be done. */
  readonly remaining: readonly string[];

  constructor(reason: string, remaining: readonly string[], cause?: unknown) {
    const end =
      remaining.length === 0 ? 'everything is again as it was' : `this could not be undone: ${someCommands(remaining)}`;
    super(`${reason}; ${end}`, cause === undefined ? undefined : { cause });
    this.rolledBack = remaining.length === 0;
    this.remaining = remaining;
  }
}

/** Use of something after it was closed. */
export class ClosedError extends NetnsError {
  readonly code = 'ERR_NETNS_CLOSED';

  constructor(what: string) {
    super(`${what} is closed`);
  }
}

const branding = {
  KernelError,
  NetlinkError,
  TransactionError,
  DecodeError,
  InvalidArgumentError,
  UnsupportedError,
  DocumentError,
  ApplyError,
  ClosedError,
};
for (const [name, cls] of Object.entries(branding)) branded(name, cls);
