import { EINTR } from '../errno-numbers.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import { nsexecPath } from '../native/addon.ts';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_STREAM } from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { passageTo } from '../native/passage.ts';
import { spawnProgram } from '../native/spawn.ts';
import { perform, programOf, syscall } from '../native/syscall.ts';
import { ResourceStack } from '../resource.ts';
import { descriptorSteps } from './child-streams.ts';
import { etcDirectory } from './exec.ts';
import { planEnter } from './plan/enter-named.ts';
import { ipFailures, nsexecWords } from './plan/failure-style.ts';
import type { PlannedStep } from './plan/step.ts';

const SIGKILL = 9;

/** Whose resolver is asked: the process's own, or the one that a program sees which `ip netns exec NAME` runs. */
export interface ResolverHome {
  readonly namespace: Namespace;
  /** Its name: the files of `/etc/netns/NAME` count then. */
  readonly name: string;
}

/** An IPv4 address in the notation of IPv6 is looked up as what it is. */
const mapped = /^::ffff:(?=\d+\.)/;

/**
 * Names of hosts by their addresses, as the system's resolver has them: /etc/hosts, DNS, and whatever else nsswitch.conf(5) names.
 * `getent hosts ADDRESS`. Each address is asked for once.
 *
 * The answer is waited for, as whoever prints needs it there and then. So it is another process that asks, which can also be inside a
 * namespace, where ours never is. It starts with the first question and ends with this. getnameinfo(3), NI_NAMEREQD.
 */
export class HostNames implements Disposable {
  readonly #home: ResolverHome | undefined;
  readonly #known = new Map<string, string>();
  readonly #resources = new ResourceStack();
  #socket: Fd | undefined;

  constructor(home?: ResolverHome) {
    this.#home = home;
  }

  /** The name of a host, or the address itself where it has none. */
  nameOf(address: string): string {
    let name = this.#known.get(address);
    if (name === undefined) {
      name = this.#ask(address.replace(mapped, '')) || address;
      this.#known.set(address, name);
    }
    return name;
  }

  /** Ends the process that asks. */
  [Symbol.dispose](): void {
    this.#resources[Symbol.dispose]();
    this.#socket = undefined;
  }

  #ask(address: string): string {
    this.#socket ??= this.#start();
    const question = Buffer.from(`${address}\n`);
    const buffer = Buffer.alloc(2048); // a name has 255 bytes at most
    let answer = '';
    if (syscall('write', this.#socket.raw, question, question.length) < 0) return ''; // it could not be started, and said why
    while (!answer.endsWith('\n')) {
      const length = syscall('read', this.#socket.raw, buffer, buffer.length);
      if (length > 0) answer += buffer.toString('utf8', 0, length);
      else if (length !== -EINTR) return '';
    }
    return answer.slice(0, -1);
  }

  #start(): Fd {
    const operation = 'start the process that asks for names of hosts';
    const ends = new Int32Array(2);
    perform(operation, 'socketpair', AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
    const ours = this.#resources.use(Fd.adopt(ends[0] ?? -1, 'a socket'));
    using theirs = Fd.adopt(ends[1] ?? -1, 'a socket');
    using passage = this.#home && passageTo(this.#home.namespace.fd);
    const streams = [theirs.raw, 'null', undefined] as const;
    const places = descriptorSteps([...streams, this.#home?.namespace.fd.raw, passage?.raw]);
    const words = nsexecWords(this.#plan(streams.length, passage), ipFailures, process.execPath, ['-e', program]);
    const { pid, pidfd } = spawnProgram(programOf(places), [nsexecPath], ['nsexec', ...words], null);
    this.#resources.defer(() => {
      syscall('pidfd_send_signal', pidfd, SIGKILL, null, 0);
      while (syscall('wait4', pid, null, 0, null) === -EINTR);
      syscall('close', pidfd);
    });
    return ours;
  }

  /** How it gets to where it asks; its first descriptor behind the standard streams is the namespace. */
  #plan(descriptor: number, passage: Fd | undefined): readonly PlannedStep[] {
    if (this.#home === undefined) return [];
    const { name } = this.#home;
    const through = passage && descriptor + 1;
    return planEnter({ from: { descriptor }, through, name, etc: `${etcDirectory}/${name}` });
  }
}

/** Answers each line, an address, with one line: its name, or nothing. It runs in the other process, and sees only what it is given. */
function answer(
  dns: typeof import('node:dns'),
  net: typeof import('node:net'),
  readline: typeof import('node:readline'),
) {
  const socket = new net.Socket({ fd: 0 });
  readline.createInterface({ input: socket }).on('line', (address) => {
    dns.lookupService(address, 0, (_error, name = '') => socket.write(`${name}\n`));
  });
}

const program = `(${answer})(...['dns', 'net', 'readline'].map(require))`;
