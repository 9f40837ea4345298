import { urlToHttpOptions } from 'node:url';
import { InvalidArgumentError } from '../../errors.ts';

interface AgentLike {
  readonly createConnection?: unknown;
}

/** Where the agents of a namespace come from: what `agent: false` and a missing `agent` stand for. */
export interface Agents {
  readonly Agent: new () => AgentLike;
  readonly globalAgent: AgentLike;
}

/**
 * The arguments of `http.request` with an agent of the namespace in them. One of Node's own agents would connect from outside, so it is
 * refused; an agent that brings its own way to connect is taken as it is, and so is `createConnection`.
 */
export function httpRequestArguments(
  args: readonly unknown[],
  agents: Agents,
  outside: { readonly prototype: AgentLike },
): unknown[] {
  const [first, second] = args;
  const url = typeof first === 'string' ? new URL(first) : first instanceof URL ? first : undefined;
  const given = (url === undefined ? first : second) as Record<string, unknown> | undefined;
  const options = {
    ...(url === undefined ? {} : urlToHttpOptions(url)),
    ...(typeof given === 'object' ? given : {}),
  };
  const callback = args.find((value) => typeof value === 'function');
  return [{ ...options, agent: chooseAgent(options, agents, outside) }, ...(callback === undefined ? [] : [callback])];
}

function chooseAgent(
  { agent, createConnection }: Record<string, unknown>,
  { Agent, globalAgent }: Agents,
  outside: { readonly prototype: AgentLike },
): unknown {
  if (agent === false) return typeof createConnection === 'function' ? agent : new Agent();
  if (agent === undefined || agent === null) return typeof createConnection === 'function' ? undefined : globalAgent;
  if ((agent as AgentLike).createConnection === outside.prototype.createConnection)
    throw new InvalidArgumentError(
      'agent',
      'Agent',
      "it connects outside the namespace: use the namespace's own Agent",
    );
  return agent;
}
