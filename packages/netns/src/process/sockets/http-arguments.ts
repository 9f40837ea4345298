import { urlToHttpOptions } from 'node:url';
import { InvalidArgumentError } from '../../errors.ts';
import { builtin } from '../../native/builtin.ts';

interface AgentLike {
  readonly createConnection?: unknown;
}

/** Where the agents of a namespace come from: what `agent: false` and a missing `agent` stand for. */
export interface Agents {
  readonly Agent: new () => AgentLike;
  readonly globalAgent: AgentLike;
}

/** Node's own, for http and for https: a request takes either. */
function connectsOutside({ createConnection }: AgentLike): boolean {
  return (['http', 'https'] as const).some(
    (name) => createConnection === (builtin(name).Agent.prototype as AgentLike).createConnection,
  );
}

/**
 * What an agent of a namespace is made with. A proxy of the environment belongs to the network of the process; Node would look up its name
 * there, and send requests meant for it elsewhere.
 */
export function agentOptions<O extends object>(given: O | undefined): O | undefined {
  const { proxyEnv } = (given ?? {}) as { readonly proxyEnv?: unknown };
  if (proxyEnv === undefined || proxyEnv === null) return given;
  throw new InvalidArgumentError('agent option', 'proxyEnv', 'agents of a namespace use no proxy of the environment');
}

/** Those of Node's own agent of all, but for the proxy. */
export function globalAgentOptions<O extends object>(agent: unknown): O {
  const { proxyEnv: _, ...options } = (agent as { readonly options: O & { readonly proxyEnv?: unknown } }).options;
  return options as unknown as O;
}

/**
 * The arguments of `http.request` with an agent of the namespace in them. One of Node's own agents would connect from outside, so it is
 * refused; an agent that brings its own way to connect is taken as it is, and so is `createConnection`.
 */
export function httpRequestArguments(args: readonly unknown[], agents: Agents): unknown[] {
  const [first, second] = args;
  const url = typeof first === 'string' ? new URL(first) : first instanceof URL ? first : undefined;
  const given = (url === undefined ? first : second) as Record<string, unknown> | undefined;
  const options = {
    ...(url === undefined ? {} : urlToHttpOptions(url)),
    ...(typeof given === 'object' ? given : {}),
  };
  const callback = args.find((value) => typeof value === 'function');
  return [{ ...options, agent: chooseAgent(options, agents) }, ...(callback === undefined ? [] : [callback])];
}

function chooseAgent({ agent, createConnection }: Record<string, unknown>, { Agent, globalAgent }: Agents): unknown {
  if (agent === false) return typeof createConnection === 'function' ? agent : new Agent();
  if (agent === undefined || agent === null) return typeof createConnection === 'function' ? undefined : globalAgent;
  if (agent instanceof Agent) return agent;
  if (connectsOutside(agent as AgentLike))
    throw new InvalidArgumentError(
      'agent',
      'Agent',
      "it connects outside the namespace: use the namespace's own Agent",
    );
  return agent;
}
