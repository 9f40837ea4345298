import type http from 'node:http';
import type https from 'node:https';
import type net from 'node:net';
import type tls from 'node:tls';
import { builtin } from '../../native/builtin.ts';
import type { Home } from './home.ts';
import { agentOptions, globalAgentOptions, httpRequestArguments } from './http-arguments.ts';
import { listenInside } from './listen.ts';
import { secureInside } from './tls.ts';

/** The part of `node:https` that makes sockets. */
export interface NamespaceHttps {
  readonly createServer: typeof https.createServer;
  readonly request: typeof https.request;
  readonly get: typeof https.get;
  /** Node's Agent whose connections are made inside. */
  readonly Agent: typeof https.Agent;
  readonly globalAgent: https.Agent;
}

type CreateConnection = (options: tls.ConnectionOptions, ...rest: unknown[]) => tls.TLSSocket | undefined;

/** `node:https` for the inside of a namespace. Sessions are resumed as with Node's own agent. */
export function httpsIn(home: Home): NamespaceHttps {
  const node = builtin('https');
  const { createConnection: secure } = node.Agent.prototype as unknown as { createConnection: CreateConnection };

  class Agent extends node.Agent {
    constructor(options?: https.AgentOptions) {
      super(agentOptions(options));
    }

    override createConnection(options: net.NetConnectOpts, ...rest: unknown[]): net.Socket {
      return secureInside(home, options as tls.ConnectionOptions, (ready) =>
        secure.call(this, ready, ...rest),
      ) as net.Socket;
    }
  }
  const globalAgent = new Agent(globalAgentOptions(node.globalAgent));

  const request = (...args: unknown[]): http.ClientRequest =>
    (node.request as (...args: unknown[]) => http.ClientRequest)(...httpRequestArguments(args, { Agent, globalAgent }));
  const get = (...args: unknown[]): http.ClientRequest => request(...args).end();

  return {
    createServer: ((...args: Parameters<typeof https.createServer>) =>
      listenInside(node.createServer(...args), home)) as typeof https.createServer,
    request: request as typeof https.request,
    get: get as typeof https.get,
    Agent,
    globalAgent,
  };
}
