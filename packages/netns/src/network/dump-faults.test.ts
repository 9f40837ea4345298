import { describe, expect, it } from 'vitest';
import { NetlinkConnection } from '../connection/connection.ts';
import { inetSocket } from '../netlink/families/diag/inet.ts';
import { conntrack } from '../netlink/families/netfilter/conntrack.ts';
import { NLM_F_DUMP_INTR, NLM_F_MULTI } from '../netlink/header.ts';
import {
  acknowledge,
  answer,
  done,
  ScriptedKernel,
  type ScriptedRequest,
  type ScriptedStep,
} from '../testing/scripted-kernel.ts';
import { Connections } from './connections/connections.ts';
import { Sockets } from './sockets/sockets.ts';

type Script = (request: ScriptedRequest, index: number) => Iterable<ScriptedStep>;
interface Listed {
  /** What tells one entry from another: a port. */
  readonly ports: readonly (number | undefined)[];
  readonly interrupted: boolean;
}
interface Subject {
  readonly name: string;
  /** One entry, with this port. */
  entry(request: ScriptedRequest, port: number): Uint8Array;
  list(connection: NetlinkConnection): Promise<Listed>;
}

const loopback = Uint8Array.of(127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

const subjects: readonly Subject[] = [
  {
    name: 'sockets',
    entry: (request, port) =>
      answer(
        request,
        inetSocket.received,
        'get',
        {
          header: { family: 2, state: 10, sport: port, src: loopback, dst: new Uint8Array(16), cookie: 1n },
          attributes: {},
        } as never,
        NLM_F_MULTI,
      ),
    async list(connection) {
      using sockets = new Sockets(undefined, connection);
      const listed = await sockets.list({ kinds: ['tcp'], family: 'inet' });
      return {
        ports: listed.map((each) => ('local' in each ? each.local.port : undefined)),
        interrupted: listed.interrupted,
      };
    },
  },
  {
    name: 'connections',
    entry(request, port) {
      const tuple = (srcPort: number, dstPort: number) => ({
        ip: { v4Src: '10.0.0.1', v4Dst: '10.0.0.2' },
        proto: { num: 17, srcPort, dstPort },
      });
      const attributes = { tupleOrig: tuple(port, 53), tupleReply: tuple(53, port), timeout: 7 };
      return answer(request, conntrack, 'new', { header: { family: 2 }, attributes } as never, NLM_F_MULTI);
    },
    async list(connection) {
      using connections = new Connections(undefined, connection);
      const listed = await connections.list();
      return { ports: listed.map(({ sourcePort }) => sourcePort), interrupted: listed.interrupted };
    },
  },
];

describe.each(subjects)('a list of $name', ({ entry, list }) => {
  const listBy = (script: Script) => list(new NetlinkConnection({ transport: new ScriptedKernel(script) }));
  const wrong = (request: ScriptedRequest) => ({ ...request, sequence: request.sequence + 1 });

  it('begins anew when the table changed meanwhile, and says so when it does not come to rest', async () => {
    const restless = (times: number) =>
      listBy((request, index) => [entry(request, index + 1), done(request, index < times ? NLM_F_DUMP_INTR : 0)]);
    expect(await restless(2)).toEqual({ ports: [3], interrupted: false });
    expect((await restless(Number.POSITIVE_INFINITY)).interrupted).toBe(true);
  });

  it('passes over what belongs to another request', async () => {
    const script: Script = (request) => [
      entry(wrong(request), 1),
      entry(request, 2),
      done(wrong(request)),
      done(request),
    ];
    expect((await listBy(script)).ports).toEqual([2]);
  });

  it('comes in as many pieces as the kernel likes, with pauses', async () => {
    const script: Script = (request) => [entry(request, 1), 'wait', entry(request, 2), 'wait', done(request)];
    expect((await listBy(script)).ports).toEqual([1, 2]);
  });

  it('fails when a message is cut short, however much of it is there', async () => {
    const lengths: number[] = [];
    let whole = 0;
    for (let cut = 17; cut === 17 || cut < whole; cut++) {
      const script: Script = (request) => {
        const message = entry(request, 1);
        whole = message.length;
        return [message.subarray(0, cut), done(request)];
      };
      const outcome = await listBy(script).then(
        ({ ports }) => ports.length,
        (error: unknown) => (error instanceof Error ? 'refused' : 'strange'),
      );
      if (outcome !== 'refused') lengths.push(cut);
    }
    expect(whole).toBeGreaterThan(60);
    expect(lengths).toEqual([]);
  });

  it('fails with the reason of the kernel when that gives up half-way', async () => {
    const script: Script = (request) => [entry(request, 1), acknowledge(request, 12)];
    await expect(listBy(script)).rejects.toMatchObject({ code: 'ENOMEM' });
  });

  it('does not take a list for whole of which something was dropped', async () => {
    const script: Script = (request, index) =>
      index === 0
        ? [entry(request, 1), { errno: 105 }, done(request)]
        : [entry(request, 1), entry(request, 2), done(request)];
    const outcome = await listBy(script).then(
      ({ ports }) => ports,
      (error: unknown) => (error as { code?: string }).code,
    );
    expect([[1, 2], 'ENOBUFS']).toContainEqual(outcome);
  });
});
