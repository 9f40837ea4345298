import { idOfDescriptor, idOfFileIfAny } from '../../namespaces/identity.ts';
import { namespaceTypes, typeOfFlag } from '../../namespaces/type.ts';
import { KCMP_FILE, NS_GET_NSTYPE } from '../../native/constants.ts';
import type { Fd } from '../../native/fd.ts';
import { FileReader, shownOfPath } from '../../native/file-reader.ts';
import { syscall } from '../../native/syscall.ts';
import type { Holder, Keeper } from '../keeper.ts';
import { openNamespacePath } from '../relations.ts';
import type { Survey } from '../survey.ts';
import { borrow, openProcess } from './borrowed.ts';
import { type DescriptorTable, isInteresting, linkOf, pathOfDescriptor, pathOfInfo } from './descriptors.ts';
import { cookieOfSocket, deviceOfTun, inodeOfSocket } from './of-descriptor.ts';
import { nameInNet, type SeenProcFile } from './proc-files.ts';
import type { SeenProcess } from './processes.ts';
import { linkOfRing, type RegisteredFile, registeredFiles, type SeenRing } from './rings.ts';

type SocketKeeper = Extract<Keeper, { kind: 'socket' }> & { readonly holders: Holder[] };

/** A socket that was seen; `keeper` is undefined as long as nobody has let us ask for its namespace. */
export interface SeenSocket {
  readonly keeper: SocketKeeper;
  inode: number | undefined;
}

const attemptsAtRing = 10;

/** Finds what the descriptors of processes keep: namespaces that are open, sockets, `/dev/net/tun`, files of `/proc/PID/net`, io_urings. */
export class DescriptorSource {
  readonly #survey: Survey;
  readonly #nsfs: number;
  readonly #mountPoints: ReadonlySet<string>;
  /** Every socket, by its inode number. */
  readonly sockets = new Map<number, SeenSocket>();
  /** Open files of `/proc/PID/net`; the directory itself, and files below /proc/sys, keep nothing. */
  readonly procFiles: SeenProcFile[] = [];
  readonly #tuns: Holder[] = [];
  readonly #rings: { readonly holder: Holder; readonly sockets: ReadonlySet<number> }[] = [];
  readonly #reader = new FileReader();
  /** Mount namespaces that processes have open, and files that lead to them. */
  readonly mountNamespaces = new Map<number, string>();
  /** Which network namespace has a cookie. */
  readonly #cookies: Map<bigint, number>;
  /** Network namespaces that are known by their cookies alone. */
  readonly unknownCookies = new Set<bigint>();

  /** `mountPoints`: where namespaces are mounted, a character for each byte; `cookies`: those that are known already. */
  constructor(survey: Survey, nsfs: number, mountPoints: Iterable<string>, cookies: Map<bigint, number>) {
    this.#survey = survey;
    this.#nsfs = nsfs;
    this.#mountPoints = new Set([...mountPoints].map((path) => path.slice(0, shownOfPath)));
    this.#cookies = cookies;
  }

  /** How many sockets there are whose namespace nobody would tell. */
  get unknownSockets(): number {
    return [...this.sockets.values()].filter(({ inode }) => inode === undefined).length;
  }

  add({ pid, tables }: SeenProcess): void {
    for (const table of tables) {
      for (const { fd, type, inode } of table.files) {
        const holder = holderOf(pid, table, fd);
        const path = pathOfDescriptor(holder);
        this.#survey.add(type, inode, { kind: 'descriptor', ...holder }, path);
        if (type === 'mnt') this.mountNamespaces.set(inode, path);
      }
      for (const { fd, beginning } of table.paths)
        if (isInteresting(beginning, this.#mountPoints)) this.#addPath(holderOf(pid, table, fd), beginning);
      if (this.#survey.types.has('net') && table.sockets.length > 0) this.#addSockets(pid, table);
    }
  }

  #addPath(holder: Holder, beginning: string): void {
    if (beginning === linkOfRing) this.#addRing(holder);
    else if (beginning.startsWith('/dev/')) this.#addTun(holder);
    else if (beginning.startsWith('/proc/')) this.#addProcFile(holder);
    else this.#addMounted(holder, beginning === '/');
  }

  /** A namespace that was opened where it is, or was, mounted. */
  #addMounted(holder: Holder, detached: boolean): void {
    const path = pathOfDescriptor(holder);
    const id = idOfFileIfAny(path);
    if (id?.dev !== this.#nsfs) return;
    const fd = openNamespacePath(path, id.ino);
    if (fd === undefined) return;
    const type = typeOfFlag(syscall('ioctl', fd, NS_GET_NSTYPE, 0));
    syscall('close', fd);
    if (type !== undefined)
      this.#survey.add(type, id.ino, { kind: 'descriptor', ...holder, ...(detached ? { detached } : {}) }, path);
  }

  #addTun(holder: Holder): void {
    if (!this.#survey.types.has('net')) return;
    using process = openProcess(holder.pid, holder.tid);
    if (process === undefined) return;
    borrow(process, holder.fd, (raw) => {
      const inode = inodeOfSocket(raw);
      if (inode < 0) return;
      const device = deviceOfTun(raw);
      const copy = this.#tuns.some((other) => isSameFile(other, holder)) ? ({ copy: true } as const) : {};
      this.#tuns.push(holder);
      this.#survey.add('net', inode, { kind: 'tun', ...holder, ...(device === undefined ? {} : { device }), ...copy });
    });
  }

  /** What is registered with an io_uring; the kernel says nothing while that is busy, which is never for long. */
  #addRing(holder: Holder): void {
    let files: readonly RegisteredFile[] | undefined;
    for (let attempt = 0; files === undefined && attempt < attemptsAtRing; attempt++) {
      const info = this.#reader.bytes(pathOfInfo(holder));
      if (info === undefined) return;
      files = registeredFiles(new TextDecoder('latin1').decode(info));
    }
    const sockets = new Set<number>();
    for (const { kind, inode } of files ?? []) {
      const type = namespaceTypes.find((each) => each === kind);
      if (type !== undefined) this.#survey.add(type, inode, { kind: 'registered', what: 'descriptor', ...holder });
      else if (kind === 'socket') sockets.add(inode);
    }
    if (sockets.size > 0) this.#rings.push({ holder, sockets });
  }

  /** The rings with sockets that no process has otherwise; when all processes have been looked at. */
  get rings(): SeenRing[] {
    return this.#rings.flatMap(({ holder, sockets }) => {
      const alone = [...sockets].filter((socket) => !this.sockets.has(socket));
      return alone.length === 0 ? [] : [{ holder, sockets: alone }];
    });
  }

  #addProcFile(holder: Holder): void {
    if (!this.#survey.types.has('net')) return;
    const file = pathOfDescriptor(holder);
    const path = linkOf(file) ?? '';
    const inode = nameInNet(path) === undefined ? undefined : idOfFileIfAny(file)?.ino;
    if (inode !== undefined) this.procFiles.push({ holder, path, inode });
  }

  #addSockets(pid: number, table: DescriptorTable): void {
    let process: Fd | undefined;
    let refused = false;
    try {
      for (const { fd, socket } of table.sockets) {
        const seen = this.#socket(socket);
        seen.keeper.holders.push(holderOf(pid, table, fd));
        if (seen.inode !== undefined || refused) continue;
        process ??= openProcess(pid, table.tid);
        if (process === undefined) refused = true;
        else this.#findNamespace(seen, process, fd);
      }
    } finally {
      process?.close();
    }
  }

  #socket(socket: number): SeenSocket {
    const known = this.sockets.get(socket);
    if (known !== undefined) return known;
    const seen: SeenSocket = { keeper: { kind: 'socket', socket, holders: [] }, inode: undefined };
    this.sockets.set(socket, seen);
    return seen;
  }

  #findNamespace(seen: SeenSocket, process: Fd, fd: number): void {
    seen.inode = borrow(process, fd, (raw) => this.inodeOf(raw));
    if (seen.inode !== undefined) this.#survey.add('net', seen.inode, seen.keeper);
  }

  /** The network namespace of a socket that we have; undefined if it is none, or may not be known. */
  inodeOf(socket: number): number | undefined {
    const cookie = cookieOfSocket(socket);
    const known = cookie === undefined ? undefined : this.#cookies.get(cookie);
    if (known !== undefined) return known;
    const inode = inodeOfSocket(socket);
    if (inode >= 0) {
      if (cookie !== undefined) this.#cookies.set(cookie, inode);
      return inode;
    }
    if (cookie !== undefined) this.unknownCookies.add(cookie);
    return undefined;
  }

  /** What a descriptor that was on its way keeps. */
  addInFlight(raw: number, receiver: Holder): void {
    const { dev, ino } = idOfDescriptor(raw);
    if (dev === this.#nsfs) {
      const type = typeOfFlag(syscall('ioctl', raw, NS_GET_NSTYPE, 0));
      if (type !== undefined) this.#survey.add(type, ino, { kind: 'in-flight', what: 'descriptor', receiver });
      return;
    }
    if (!this.#survey.types.has('net')) return;
    const inode = this.inodeOf(raw);
    if (inode === undefined) return;
    const isSocket = cookieOfSocket(raw) !== undefined;
    const what = isSocket ? ({ what: 'socket', socket: ino } as const) : ({ what: 'tun' } as const);
    this.#survey.add('net', inode, { kind: 'in-flight', ...what, receiver });
  }
}

/** Whether two descriptors are of one open file; false where the kernel does not tell. kcmp(2). */
function isSameFile(a: Holder, b: Holder): boolean {
  return syscall('kcmp', a.tid ?? a.pid, b.tid ?? b.pid, KCMP_FILE, a.fd, b.fd) === 0;
}

function holderOf(pid: number, { tid }: DescriptorTable, fd: number): Holder {
  return tid === undefined ? { pid, fd } : { pid, tid, fd };
}
