import http from 'node:http';
import https from 'node:https';
import { describe, expect, it } from 'vitest';
import { agentOptions, globalAgentOptions, httpRequestArguments } from './http-arguments.ts';

class Inside {
  createConnection() {}
}
const globalAgent = new Inside();
const read = (...args: unknown[]) => httpRequestArguments(args, { Agent: Inside, globalAgent });

describe('httpRequestArguments', () => {
  it('puts options over the parts of a URL, and the agent of the namespace into them', () => {
    const callback = () => {};
    for (const url of ['http://a.test:81/p?q=1', new URL('http://a.test:81/p?q=1')]) {
      const [options, given] = read(url, { method: 'PUT', port: 82 }, callback);
      expect(options).toMatchObject({
        hostname: 'a.test',
        port: 82,
        path: '/p?q=1',
        method: 'PUT',
        agent: globalAgent,
      });
      expect(given).toBe(callback);
      expect(read(url, callback)[1]).toBe(callback);
    }
    expect(read({ host: 'h' })).toEqual([{ host: 'h', agent: globalAgent }]);
  });

  it('chooses the agent as Node does', () => {
    const createConnection = () => {};
    const own = { createConnection };
    expect(read({ agent: false })[0]).toMatchObject({ agent: expect.any(Inside) });
    expect((read({ agent: false })[0] as { agent: unknown }).agent).not.toBe(globalAgent);
    expect(read({ agent: own })[0]).toEqual({ agent: own });
    expect(read({ createConnection })[0]).toEqual({ createConnection, agent: undefined });
    const another = new Inside();
    expect(read({ agent: another })[0]).toEqual({ agent: another });
    // Each module of Node's takes agents of the other, too.
    for (const agent of [new http.Agent(), https.globalAgent])
      expect(() => read({ agent })).toThrow("use the namespace's own Agent");
  });

  it('has no proxy of the environment, which is one of another network', () => {
    expect(agentOptions({ keepAlive: true })).toEqual({ keepAlive: true });
    expect(agentOptions(undefined)).toBeUndefined();
    expect(() => agentOptions({ proxyEnv: {} })).toThrow('invalid agent option "proxyEnv"');
    expect(globalAgentOptions({ options: { keepAlive: true, proxyEnv: {} } })).toEqual({ keepAlive: true });
  });
});
