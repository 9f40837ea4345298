import type http from 'node:http';
import type net from 'node:net';
import { builtin } from '../../native/builtin.ts';
import type { Home } from './home.ts';
import { agentOptions, globalAgentOptions, httpRequestArguments } from './http-arguments.ts';
import { listenInside } from './listen.ts';
import { netIn } from './net.ts';

/** The part of `node:http` that makes sockets. */
export interface NamespaceHttp {
  readonly createServer: typeof http.createServer;
  readonly request: typeof http.request;
  readonly get: typeof http.get;
  /** Node's Agent whose connections are made inside. */
  readonly Agent: typeof http.Agent;
  /** What `request` uses if it is given no agent: keeps connections alive, as Node's own. */
  readonly globalAgent: http.Agent;
}

/** `node:http` for the inside of a namespace. */
export function httpIn(home: Home): NamespaceHttp {
  const node = builtin('http');
  const { connect } = netIn(home);

  class Agent extends node.Agent {
    constructor(options?: http.AgentOptions) {
      super(agentOptions(options));
    }

    override createConnection(options: net.NetConnectOpts): net.Socket {
      return connect(options);
    }
  }
  const globalAgent = new Agent(globalAgentOptions(node.globalAgent));

  const request = (...args: unknown[]): http.ClientRequest =>
    (node.request as (...args: unknown[]) => http.ClientRequest)(...httpRequestArguments(args, { Agent, globalAgent }));
  const get = (...args: unknown[]): http.ClientRequest => request(...args).end();

  return {
    createServer: ((...args: Parameters<typeof http.createServer>) =>
      listenInside(node.createServer(...args), home)) as typeof http.createServer,
    request: request as typeof http.request,
    get: get as typeof http.get,
    Agent,
    globalAgent,
  };
}
