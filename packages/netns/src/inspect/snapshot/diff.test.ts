import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MachineNamespace } from '../census.ts';
import { type DiffOptions, diff } from './diff.ts';
import type { Fact, NetworkObject, SnapshotHeader } from './facts.ts';
import { type MachineSnapshot, SnapshotBuilder } from './snapshot.ts';

type Objects = readonly (readonly [NetworkObject, object])[];

interface Made {
  readonly hidden?: boolean;
  readonly id?: bigint;
  readonly names?: readonly string[];
  readonly keepers?: MachineNamespace['keepers'];
  readonly objects?: Objects;
  readonly inside?: 'read' | 'refused';
}

/** A machine with these network namespaces, by their inodes. */
function machine(namespaces: Readonly<Record<number, Made>>, header: Partial<SnapshotHeader> = {}): MachineSnapshot {
  const builder = new SnapshotBuilder();
  const head = {
    format: 'netns snapshot',
    version: 1,
    time: 't',
    host: 'h',
    kernel: '6',
    boot: 'b',
    device: 4,
    pid: 7,
  };
  builder.add({ fact: 'snapshot', value: { ...(head as SnapshotHeader), ...header } });
  for (const [number, made] of Object.entries(namespaces)) {
    const inode = Number(number);
    const { id = BigInt(inode), names = [], keepers = [], objects = [], inside = 'read', hidden = false } = made;
    const key = hidden ? `hidden:${inode}` : `net:[${inode}]`;
    const relations = { paths: [], owner: 1, parent: undefined, ownerUid: undefined, references: 1 };
    const place = { initial: false, current: false, container: undefined };
    const namespace: MachineNamespace = { type: 'net', inode, id, names, keepers, ...relations, ...place };
    if (!hidden) builder.add({ fact: 'namespace', value: { namespace } });
    const seen = { drawn: true, closed: false, inside: hidden ? ('refused' as const) : inside };
    builder.add({ fact: 'network', value: { key, ...(hidden ? {} : { inode }), ...seen, firewall: 'read' } });
    for (const [fact, value] of objects) builder.add({ fact, in: key, value } as unknown as Fact);
  }
  const completeness = { kernel: 1, shown: 1, newer: 0, dying: 0, exhaustive: [], unseen: [] };
  builder.add({ fact: 'visibility', value: { completeness, ends: true, ownersPartial: false } });
  return builder.finish() as MachineSnapshot;
}

/** `+ route`, `~ link mtu,up`: what is different, in short. */
function told(before: MachineSnapshot, after: MachineSnapshot, options?: DiffOptions): string[] {
  const signs = { born: '+', died: '-', changed: '~' };
  return diff(before, after, options).differences.map(({ change, object, fields }) =>
    [signs[change], object, fields.join()].filter(Boolean).join(' '),
  );
}

const within = (...objects: Objects) => machine({ 5: { objects } });
const route = { family: 'inet', table: 254, destination: '10.0.0.0/8', tos: 0, type: 'unicast' };

describe('diff', () => {
  it('tells what has come, gone and changed', () => {
    const link = { index: 2, name: 'eth0', up: false, mtu: 1500 };
    expect(told(within(), within(['link', link]))).toEqual(['+ link']);
    expect(told(within(['link', link]), within())).toEqual(['- link']);
    expect(told(within(['link', link]), within(['link', { ...link, mtu: 9000, up: true }]))).toEqual(['~ link up,mtu']);
    const [a, b] = [
      { ...route, gateway: '1.1.1.1' },
      { ...route, gateway: '2.2.2.2' },
    ];
    expect(told(within(['route', a]), within(['route', b]))).toEqual(['~ route gateway']);
    expect(told(within(['route', a], ['route', b]), within(['route', b]))).toEqual(['- route']);
    expect(told(machine({ 5: { names: ['a'] } }), machine({ 5: { names: ['b'] } }))).toEqual(['+ name', '- name']);
    expect(told(machine({ 5: {} }), machine({ 6: {} }))).toEqual(['+ namespace', '- namespace']);
  });

  it('does not take a number that was used again for the same namespace', () => {
    expect(told(machine({ 5: { id: 1n } }), machine({ 5: { id: 2n } }))).toEqual(['+ namespace', '- namespace']);
    expect(told(machine({ 5: {} }), machine({ 5: {} }, { boot: 'c' }))).toEqual(['+ namespace', '- namespace']);
    expect(diff(machine({}), machine({}, { boot: 'c' })).sameBoot).toBe(false);
  });

  it('passes over what only time and traffic change', () => {
    const neighbour = { link: 2, address: '10.0.0.1', proxy: false, state: 'REACHABLE' };
    expect(told(within(['neighbour', neighbour]), within(['neighbour', { ...neighbour, state: 'STALE' }]))).toEqual([]);
    expect(told(within(), within(['neighbour', { ...neighbour, state: 'FAILED' }]))).toEqual([]);
    const rule = (packets: number) => ({
      rule: { family: 'ip', table: 't', chain: 'c', handle: 1, expr: [{ counter: { packets } }] },
    });
    expect(told(within(['nft', rule(1)]), within(['nft', rule(2)]))).toEqual([]);
    const socket = {
      kind: 'tcp',
      family: 'inet',
      local: { address: '::', port: 80 },
      inode: 1,
      cookie: 1n,
      receiveQueue: 0,
    };
    expect(told(within(['socket', socket]), within(['socket', { ...socket, receiveQueue: 3 }]))).toEqual([]);
  });

  it('tells of keepers, of processes only if asked to, and never of who took the snapshot', () => {
    const kept = (...keepers: MachineNamespace['keepers']) => machine({ 5: { keepers } });
    const [process, taker] = [{ kind: 'process', pid: 9 } as const, { kind: 'process', pid: 7 } as const];
    expect(told(kept(), kept({ kind: 'descriptor', pid: 9, fd: 3 }, process))).toEqual(['+ keeper']);
    expect(told(kept(), kept(process, taker), { processes: true })).toEqual(['+ keeper']);
    const socket = { kind: 'socket', socket: 3, holders: [{ pid: 9, fd: 4 }] } as const;
    expect(told(kept(), kept(socket))).toEqual(['+ keeper']);
    expect(told(kept(socket), kept(process))).toEqual([]);
    expect(told(kept(process), kept(process, socket), { processes: true })).toEqual(['+ keeper']);
  });

  it('compares networks that only a device tells of, whatever their numbers are', () => {
    const cable = (index: number, to: string) =>
      ['link', { index, name: `v${index}`, peer: { namespace: to, index: 2 } }] as const;
    const end = (index: number, mtu: number) => ['link', { index, name: 'far', mtu }] as const;
    const before = machine({
      5: { objects: [cable(7, 'hidden:3'), cable(8, 'hidden:4')] },
      3: { hidden: true, objects: [end(2, 1500), cable(3, 'hidden:6')] },
      4: { hidden: true, objects: [end(2, 1500)] },
      6: { hidden: true },
    });
    const after = machine({
      5: { objects: [cable(7, 'hidden:4'), cable(9, 'hidden:3')] },
      4: { hidden: true, objects: [end(2, 9000), cable(3, 'hidden:1'), ['address', { link: 2, address: '10.0.0.1' }]] },
      3: { hidden: true, objects: [end(2, 1500)] },
      1: { hidden: true },
    });
    const said = diff(before, after).differences.map(
      ({ change, object, namespace, fields }) => `${change} ${object} ${fields}${namespace.key}`,
    );
    expect(said).toEqual([
      'born link net:[5]',
      'died link net:[5]',
      'born namespace hidden:3',
      'changed link mtuhidden:4',
      'born address hidden:4',
      'died namespace hidden:4',
    ]);
    expect(told(before, before)).toEqual([]);
    expect(told(after, machine({ 5: { objects: [] } }))).toHaveLength(5);
  });

  it('tells what is published', () => {
    const web = (port: number) =>
      ['publication', { protocol: 'tcp', port: 80, to: { port }, conditional: false }] as const;
    expect(told(within(), within(web(8080)))).toEqual(['+ publication']);
    expect(told(within(web(8080)), within(web(9090)))).toEqual(['~ publication to']);
  });

  it('says nothing of what could not be seen', () => {
    const closed = machine({ 5: { inside: 'refused' } });
    expect(told(within(['route', route]), closed)).toEqual([]);
    expect(told(within(), within(['route', route]), { objects: ['link'] })).toEqual([]);
  });

  it('finds nothing between equals, and the opposite the other way', () => {
    const objects = fc.array(
      fc
        .record({ index: fc.nat(4), name: fc.constantFrom('a', 'b'), mtu: fc.nat(2) })
        .map((link) => ['link', link] as const),
    );
    const any = fc
      .dictionary(fc.nat(4).map(String), fc.record({ id: fc.bigInt(0n, 1n), objects }))
      .map((all) => machine(all));
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(told(a, a)).toEqual([]);
        const opposite = { '+': '-', '-': '+', '~': '~' } as Readonly<Record<string, string>>;
        const turned = told(b, a).map((text) => `${opposite[text.charAt(0)]}${text.slice(1, 6)}`);
        expect(turned.sort()).toEqual(
          told(a, b)
            .map((text) => text.slice(0, 6))
            .sort(),
        );
      }),
    );
  });
});
