#!/usr/bin/env node
/**
 * Checks what npm cannot bring: the machine, the C compiler, the programs that the tests compare with.
 *
 *     node tools/preflight.mjs build|demo|test
 *
 * Silent and 0 when all is there; otherwise one line for each missing thing and 1. Runs before anything is installed or
 * built, so it uses nothing but Node.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const compiler = process.env.CC || 'cc';
/** The headers that the native layer includes, one of each age. */
const kernelHeaders = ['linux/mount.h', 'linux/netlink.h', 'linux/nsfs.h', 'asm/unistd.h'];

/** Each returns what is missing, or undefined. */
const checks = {
  system() {
    if (process.platform === 'linux') return undefined;
    return `Linux is needed: this is ${process.platform}`;
  },
  processor() {
    if (process.arch === 'x64' || process.arch === 'arm64') return undefined;
    return `an x64 or arm64 processor is needed: this is ${process.arch}`;
  },
  node() {
    const [major, minor] = process.versions.node.split('.').map(Number);
    if (major > 20 || (major === 20 && minor >= 18)) return undefined;
    return `Node.js 20.18 or newer is needed: this is ${process.versions.node} (Debian package nodejs, from Debian 13 on)`;
  },
  compiler() {
    if (isProgram(compiler)) return undefined;
    return `a C compiler is needed, ${compiler} was not found: Debian package gcc`;
  },
  kernelHeaders() {
    if (!isProgram(compiler) || includes(kernelHeaders)) return undefined;
    return `the kernel's headers (${kernelHeaders.join(', ')}) are needed: Debian package linux-libc-dev`;
  },
  libraryHeaders() {
    if (!isProgram(compiler) || includes(['errno.h', 'stdio.h'])) return undefined;
    return "the C library's headers are needed: Debian package libc6-dev";
  },
  ip: () => program('ip', 'iproute2'),
  unshare: () => program('unshare', 'util-linux'),
  strace: () => program('strace', 'strace'),
  newuidmap: () => program('newuidmap', 'uidmap'),
  nft: () => program('nft', 'nftables'),
  conntrack: () => program('conntrack', 'conntrack'),
  sysctl: () => program('sysctl', 'procps'),
  tcpdump: () => program('tcpdump', 'tcpdump'),
  namespaces() {
    const capable = hasCapability(21); // CAP_SYS_ADMIN
    const reason = capable ? refusal(['--mount', '--net']) : userNamespaceRefusal();
    if (reason === undefined) return undefined;
    return `namespaces cannot be made here (${reason}): run as root, or allow user namespaces to ordinary users`;
  },
  userNamespaces() {
    const reason = userNamespaceRefusal();
    return reason && `user namespaces, in which the tests run examples, cannot be made here (${reason}): allow them`;
  },
};

const machine = ['system', 'processor', 'node'];
const build = [...machine, 'compiler', 'kernelHeaders'];
const purposes = {
  build,
  demo: [...machine, 'namespaces'],
  test: [
    ...build,
    'libraryHeaders',
    'ip',
    'unshare',
    'strace',
    'newuidmap',
    'nft',
    'conntrack',
    'sysctl',
    'tcpdump',
    'userNamespaces',
  ],
};

function program(name, debianPackage) {
  return isProgram(name) ? undefined : `${name} is needed, it was not found: Debian package ${debianPackage}`;
}

/** Where Debian keeps programs that an ordinary user's PATH may not name; the tests look there as well. */
const administration = ['/usr/sbin', '/sbin'];

function isProgram(name) {
  const folders = name.includes('/') ? [''] : [...(process.env.PATH ?? '').split(delimiter), ...administration];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function includes(headers) {
  const input = headers.map((header) => `#include <${header}>\n`).join('');
  return spawnSync(compiler, ['-E', '-x', 'c', '-'], { input, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0;
}

function hasCapability(bit) {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(read('/proc/self/status'))?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> BigInt(bit)) & 1n) === 1n;
}

function userNamespaceRefusal() {
  const refused = refusal(['--map-root-user', '--mount', '--net']);
  return isProgram('unshare') && refused === undefined ? undefined : (switchedOff() ?? refused);
}

/** The switch that forbids user namespaces, which says more than the kernel's refusal. */
function switchedOff() {
  if (read('/proc/sys/kernel/unprivileged_userns_clone').trim() === '0') return 'kernel.unprivileged_userns_clone is 0';
  if (read('/proc/sys/user/max_user_namespaces').trim() === '0') return 'user.max_user_namespaces is 0';
  return undefined;
}

/** Why the kernel refuses to make these namespaces; undefined if it does not, or if nothing is there to try it with. */
function refusal(options) {
  if (!isProgram('unshare')) return undefined;
  const run = spawnSync('unshare', [...options, '--', process.execPath, '--version'], { encoding: 'utf8' });
  return run.status === 0 ? undefined : run.stderr.trim().split('\n')[0];
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const names = purposes[process.argv[2]];
if (names === undefined) {
  console.error(`usage: node tools/preflight.mjs ${Object.keys(purposes).join('|')}`);
  process.exitCode = 2;
} else {
  // On another system the rest says nothing of use.
  const system = checks.system();
  const missing =
    system === undefined ? names.map((name) => checks[name]()).filter((line) => line !== undefined) : [system];
  for (const line of missing) console.error(`preflight: ${line}`);
  if (missing.length > 0) process.exitCode = 1;
}
