import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Contestant } from './headline.ts';
import type { Tools } from './tools.ts';

/** The peers of one headline: those found, and what to install for the others. Nothing is installed from here. */
export class Peers {
  readonly found: Contestant[] = [];
  readonly missing: string[] = [];
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  ip(make: (ip: string) => Contestant): this {
    return this.#add(this.#tools.find('ip'), 'ip (Debian: iproute2)', make);
  }

  nsenter(make: (nsenter: string) => Contestant): this {
    return this.#add(this.#tools.find('nsenter'), 'nsenter (Debian: util-linux)', make);
  }

  unshare(make: (unshare: string) => Contestant): this {
    return this.#add(this.#tools.find('unshare'), 'unshare (Debian: util-linux)', make);
  }

  lsns(make: (lsns: string) => Contestant): this {
    return this.#add(this.#tools.find('lsns'), 'lsns (Debian: util-linux)', make);
  }

  ss(make: (ss: string) => Contestant): this {
    return this.#add(this.#tools.find('ss'), 'ss (Debian: iproute2)', make);
  }

  nft(make: (nft: string) => Contestant): this {
    return this.#add(this.#tools.find('nft'), 'nft (Debian: nftables)', make);
  }

  tcpdump(make: (tcpdump: string) => Contestant): this {
    return this.#add(this.#tools.find('tcpdump'), 'tcpdump (Debian: tcpdump)', make);
  }

  sysctl(make: (sysctl: string) => Contestant): this {
    return this.#add(this.#tools.find('sysctl'), 'sysctl (Debian: procps)', make);
  }

  nstat(make: (nstat: string) => Contestant): this {
    return this.#add(this.#tools.find('nstat'), 'nstat (Debian: iproute2)', make);
  }

  pyroute2(make: (python: string) => Contestant): this {
    const python = ['/usr/bin/python3', this.#tools.find('python3') ?? ''].find(
      (candidate) => candidate !== '' && spawnSync(candidate, ['-c', 'import pyroute2.netns']).status === 0,
    );
    return this.#add(python, 'pyroute2 (Debian: python3-pyroute2)', make);
  }

  /** Built from bench/peers/go against the sources that Debian installs below /usr/share/gocode. */
  go(make: (program: string) => Contestant): this {
    return this.#go('go', 'netns', make);
  }

  /** The same, of bench/peers/go-network. */
  goNetwork(make: (program: string) => Contestant): this {
    return this.#go('go-network', 'netlink', make);
  }

  /** The package of that name on npm, where somebody has installed it beside our own: `npm install --no-save netlink`. */
  npmNetlink(make: (module: string) => Contestant): this {
    return this.#add(resolve(this.#tools.root, 'netlink'), 'netlink (npm install --no-save netlink)', make);
  }

  #go(source: string, library: string, make: (program: string) => Contestant): this {
    const name = `Go (Debian: golang-go golang-github-vishvananda-${library}-dev)`;
    return this.#add(buildGoPeer(this.#tools, source), name, make);
  }

  #add(program: string | undefined, name: string, make: (program: string) => Contestant): this {
    if (program !== undefined) this.found.push(make(program));
    else if (!this.missing.includes(name)) this.missing.push(name);
    return this;
  }
}

function resolve(directory: string, module: string): string | undefined {
  try {
    return createRequire(`${directory}/`).resolve(module);
  } catch {
    return undefined;
  }
}

function buildGoPeer(tools: Tools, name: string): string | undefined {
  if (tools.find('go') === undefined) return undefined;
  const program = tools.scratch(`${name}-peer`);
  const env = { GOPATH: '/usr/share/gocode', ...process.env, GO111MODULE: 'off', GOCACHE: tools.scratch('go-cache') };
  const source = tools.file('peers', name, 'main.go');
  return spawnSync('go', ['build', '-o', program, source], { env }).status === 0 ? program : undefined;
}
