import type { Cluster } from 'node:cluster';
import type dgram from 'node:dgram';
import type http from 'node:http';
import type https from 'node:https';
import type net from 'node:net';
import type tls from 'node:tls';

interface Builtins {
  readonly cluster: Cluster;
  readonly dgram: typeof dgram;
  readonly http: typeof http;
  readonly https: typeof https;
  readonly net: typeof net;
  readonly tls: typeof tls;
}

/** One of Node's network modules, loaded when it is first used: together they would double the time that importing us takes. */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  return process.getBuiltinModule(`node:${name}`) as unknown as Builtins[Name];
}
