import type { NamespaceType } from '../../namespaces/type.ts';
import { MS_BIND } from '../../native/constants.ts';
import { formatRanges, type IdRange, withSingle } from './id-map.ts';
import type { IdMapping, SetUp } from './set-up.ts';
import type { PlannedStep } from './step.ts';
import { kernelStep } from './step-makers.ts';

/** Only a process that is outside of a user namespace may map more than its own id. */
function needsHelp(mapping: IdMapping, owner: SetUp['owner']): boolean {
  return mapping.ranges.length > 0 || (mapping.single !== undefined && owner !== undefined);
}

function linesOf({ single, ranges }: IdMapping): readonly IdRange[] {
  return single === undefined ? ranges : withSingle(single, ranges);
}

/** What a child does from outside: it writes the maps if it is root, or has the set-user-id programs write them. */
export function mapAside({ users, groups, owner, mappers, parent }: SetUp): PlannedStep[] {
  const steps: PlannedStep[] = [];
  if (users !== undefined && needsHelp(users, owner))
    steps.push(rangeStep('uid', parent, linesOf(users), mappers?.users));
  if (groups !== undefined && needsHelp(groups, owner))
    steps.push(rangeStep('gid', parent, linesOf(groups), mappers?.groups));
  return steps;
}

function rangeStep(kind: 'uid' | 'gid', parent: string, ranges: readonly IdRange[], program?: string): PlannedStep {
  const file = `/proc/${parent}/${kind}_map`;
  const text = formatRanges(ranges);
  const shown = text.replaceAll('\n', ', ');
  if (program === undefined)
    return kernelStep('write-map', 'write', `write ${file}`, ['write', file, text], {
      call: `write(${file}, "${shown}")`,
      subject: file,
    });
  const numbers = ranges.flatMap(({ inside, outside, count }) => [inside, outside, count].map(String));
  const name = `new${kind}map`;
  const words = [program, parent, ...numbers];
  return kernelStep(
    'run-mapper',
    name,
    `map ${kind}s (${shown}) with ${name}`,
    ['run', String(words.length), ...words],
    {
      call: `${name} ${parent} ${numbers.join(' ')}`,
      subject: name,
    },
  );
}

/** What a process may write about itself: one id, and groups only when it has given up setgroups(2). */
export function selfMapSteps({ users, groups, owner }: SetUp): PlannedStep[] {
  const steps: PlannedStep[] = [];
  if (users?.single !== undefined && !needsHelp(users, owner))
    steps.push(...fileSteps('/proc/self/uid_map', formatRanges([users.single])));
  if (groups?.single !== undefined && !needsHelp(groups, owner))
    steps.push(
      ...fileSteps('/proc/self/setgroups', 'deny'),
      ...fileSteps('/proc/self/gid_map', formatRanges([groups.single])),
    );
  return steps;
}

export function setgroupsStep({ setgroups }: SetUp): PlannedStep[] {
  return setgroups === undefined ? [] : fileSteps('/proc/self/setgroups', setgroups);
}

/** Two steps, since opening and writing are refused for different reasons. */
export function fileSteps(file: string, text: string): PlannedStep[] {
  return [
    kernelStep('open-file', 'openat', `open ${file}`, ['open-write', file], { subject: file }),
    kernelStep('write-file', 'write', `write ${JSON.stringify(text)} to ${file}`, ['put', text], {
      call: `write(${file}, ${JSON.stringify(text)})`,
      subject: file,
    }),
  ];
}

/** A pid or time namespace is first that of the children. */
const links: Partial<Record<NamespaceType, string>> = { pid: 'pid_for_children', time: 'time_for_children' };

const bindOrder: readonly NamespaceType[] = ['user', 'cgroup', 'ipc', 'uts', 'net', 'pid', 'mnt', 'time'];

export function bindSteps({ persist = [], parent, bindAside }: SetUp): PlannedStep[] {
  // Without another process in between it is this one, whatever its number.
  const process = bindAside || parent !== '{PARENT}' ? parent : 'self';
  return [...persist]
    .sort((a, b) => bindOrder.indexOf(a.type) - bindOrder.indexOf(b.type))
    .map(({ type, file }) => {
      const source = `/proc/${process}/ns/${links[type] ?? type}`;
      return kernelStep(
        'bind-namespace',
        'mount',
        `bind ${source} to ${file}`,
        ['mount', source, file, 'none', String(MS_BIND)],
        { call: `mount(${source}, ${file}, MS_BIND)`, subject: `${source} on ${file}` },
      );
    });
}
