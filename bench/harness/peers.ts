import { spawnSync } from 'node:child_process';
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

  pyroute2(make: (python: string) => Contestant): this {
    const python = ['/usr/bin/python3', this.#tools.find('python3') ?? ''].find(
      (candidate) => candidate !== '' && spawnSync(candidate, ['-c', 'import pyroute2.netns']).status === 0,
    );
    return this.#add(python, 'pyroute2 (Debian: python3-pyroute2)', make);
  }

  /** Built from bench/peers/go against the sources that Debian installs below /usr/share/gocode. */
  go(make: (program: string) => Contestant): this {
    return this.#add(buildGoPeer(this.#tools), 'Go (Debian: golang-go golang-github-vishvananda-netns-dev)', make);
  }

  #add(program: string | undefined, name: string, make: (program: string) => Contestant): this {
    if (program !== undefined) this.found.push(make(program));
    else if (!this.missing.includes(name)) this.missing.push(name);
    return this;
  }
}

function buildGoPeer(tools: Tools): string | undefined {
  if (tools.find('go') === undefined) return undefined;
  const program = tools.scratch('go-peer');
  const env = { GOPATH: '/usr/share/gocode', ...process.env, GO111MODULE: 'off', GOCACHE: tools.scratch('go-cache') };
  const source = tools.file('peers', 'go', 'main.go');
  return spawnSync('go', ['build', '-o', program, source], { env }).status === 0 ? program : undefined;
}
