import type { Keeper } from './keeper.ts';

/**
 * What the kernel's count of references to a network namespace is made of. Its file counts once, however often it is open or mounted;
 * each socket, `/dev/net/tun` and open file of `/proc/net` counts once; so does each group of tasks that the kernel moves together,
 * of which only the least and the most possible number can be seen. Veths, addresses, routes and ids elsewhere count nothing.
 */
export interface ReferenceSum {
  /** What the kernel says. */
  readonly counted: number;
  /** 1 if the file of the namespace is open, mounted, in flight, or registered with an io_uring. */
  readonly file: 0 | 1;
  readonly sockets: number;
  readonly tuns: number;
  readonly procFiles: number;
  /** Groups of tasks that are in it: at least as many as there are different sets of namespaces, at most one for each task. */
  readonly tasks: { readonly least: number; readonly most: number };
  /** How many references nothing that was found explains: kernel users, what is in flight unseen, or what may not be looked at. */
  readonly unexplained: number;
  /** How many fewer there are than was found: something has gone between the look and the count. */
  readonly missing: number;
}

/** `groups`: how many different sets of namespaces the tasks in it have. Pure. */
export function sumReferences(counted: number, keepers: readonly Keeper[], groups: number): ReferenceSum {
  const count = (test: (keeper: Keeper) => boolean) => keepers.filter(test).length;
  const isFile = (keeper: Keeper) =>
    keeper.kind === 'descriptor' || keeper.kind === 'mount' || isElsewhere(keeper, 'descriptor');
  const file = keepers.some(isFile) ? 1 : 0;
  const sockets = new Set(keepers.flatMap(socketIn)).size;
  const tuns = count((keeper) => keeper.kind === 'tun' && !keeper.copy) + count((keeper) => isElsewhere(keeper, 'tun'));
  const procFiles = count(({ kind }) => kind === 'proc-file');
  const most = count(({ kind }) => kind === 'process' || kind === 'thread');
  const least = Math.min(groups, most);
  const others = file + sockets + tuns + procFiles;
  return {
    counted,
    file,
    sockets,
    tuns,
    procFiles,
    tasks: { least, most },
    unexplained: Math.max(0, counted - others - most),
    missing: Math.max(0, others + least - counted),
  };
}

/** In no table of descriptors. */
function isElsewhere(keeper: Keeper, what: string): keeper is Extract<Keeper, { kind: 'in-flight' | 'registered' }> {
  return (keeper.kind === 'in-flight' || keeper.kind === 'registered') && keeper.what === what;
}

/** Which socket a keeper is: one may be on its way to several processes that have it already. */
function socketIn(keeper: Keeper): readonly unknown[] {
  if (keeper.kind === 'socket') return [keeper.socket];
  return isElsewhere(keeper, 'socket') ? [keeper.socket ?? keeper] : [];
}

/** The sum in one line: `7 references = 1 file + 4 sockets + 1 to 3 task groups; 1 not explained`. */
export function sayReferences({
  counted,
  file,
  sockets,
  tuns,
  procFiles,
  tasks,
  unexplained,
  missing,
}: ReferenceSum): string {
  const { least, most } = tasks;
  const terms = [
    ...(file === 0 ? [] : ['the file']),
    ...(sockets === 0 ? [] : [many(sockets, 'socket')]),
    ...(tuns === 0 ? [] : [many(tuns, 'tun')]),
    ...(procFiles === 0 ? [] : [many(procFiles, 'file of /proc/net', 'files of /proc/net')]),
    ...(most === 0 ? [] : [least === most ? many(least, 'task group') : `${least} to ${most} task groups`]),
    ...(unexplained === 0 ? [] : [`${unexplained} not explained`]),
  ];
  const gone = missing === 0 ? '' : ` (${missing} fewer than was found: something has just gone)`;
  return `${many(counted, 'reference')} = ${terms.join(' + ') || 'nothing that was found'}${gone}`;
}

function many(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
