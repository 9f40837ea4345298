import type child_process from 'node:child_process';
import type { Cluster } from 'node:cluster';
import type crypto from 'node:crypto';
import type dgram from 'node:dgram';
import type http from 'node:http';
import type https from 'node:https';
import type net from 'node:net';
import type readline from 'node:readline';
import type tls from 'node:tls';

interface Builtins {
  readonly child_process: typeof child_process;
  readonly cluster: Cluster;
  readonly crypto: typeof crypto;
  readonly dgram: typeof dgram;
  readonly http: typeof http;
  readonly https: typeof https;
  readonly net: typeof net;
  readonly readline: typeof readline;
  readonly tls: typeof tls;
}

/**
 * One of Node's larger modules, loaded when it is first used: together they would double the time that importing us takes, and cost ten
 * megabytes.
 */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  return process.getBuiltinModule(`node:${name}`) as unknown as Builtins[Name];
}
