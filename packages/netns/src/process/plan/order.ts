import { cgroupMembership, cgroupPreparation } from './order-cgroups.ts';
import { capabilitySteps, credentialSteps, ownedFileSteps } from './order-credentials.ts';
import { enterSteps } from './order-enter.ts';
import { bindSteps, mapAside, selfMapSteps, setgroupsStep } from './order-identity.ts';
import { cwdSteps, mountSteps, propagationSteps, rootSteps } from './order-mounts.ts';
import type { ForkSetUp, SetUp } from './set-up.ts';
import { signalName } from './signals.ts';
import type { PlannedStep } from './step.ts';
import { aside, flagNames, join, kernelStep } from './step-makers.ts';

const binder = 0;
const mapper = 1;

/**
 * Puts all that a set-up asks for into the one order in which the kernel allows it. Pure: the same set-up gives the same steps.
 *
 * Why this order: control groups are named by paths of outside; a user namespace gives the right to make and enter the others, so
 * it is entered or made first; once groups are mapped nobody can give up setgroups(2); maps must be there before ids can be set; a new pid namespace has only children in it, so all that
 * follows happens in one; mounts come before the root changes, ids after all that needs privilege, and last what a change of ids
 * would undo: the signal for the parent's death.
 */
export function orderSteps(setUp: SetUp): PlannedStep[] {
  if (Object.keys(setUp).every((part) => part === 'parent' || part === 'enter')) return enterSteps(setUp);
  const bind = bindSteps(setUp);
  const map = mapAside(setUp);
  const forked = setUp.fork !== undefined;
  const bound = setUp.bindAside && bind.length > 0 ? [join(binder, 'bind the namespaces to files')] : bind;
  return [
    contextSteps(setUp),
    cgroupPreparation(setUp),
    ownedFileSteps(setUp),
    enterSteps(setUp),
    setUp.bindAside && bind.length > 0 ? [aside(binder, 'bind the namespaces to files', bind)] : [],
    map.length > 0 ? [aside(mapper, 'map ids', map)] : [],
    ownerSteps(setUp),
    unshareSteps(setUp),
    setgroupsStep(setUp),
    map.length > 0 ? [join(mapper, 'map ids')] : [],
    offsetSteps(setUp),
    setUp.fork === undefined ? bound : forkSteps(setUp, setUp.fork, bound),
    cgroupMembership(setUp, forked),
    selfMapSteps(setUp),
    propagationSteps(setUp),
    nameSteps(setUp),
    rootSteps(setUp),
    cwdSteps(setUp),
    mountSteps(setUp),
    credentialSteps(setUp),
    capabilitySteps(setUp),
    lastSteps(setUp),
  ].flat();
}

/** Through the /proc of outside. It holds from the next program on. */
function contextSteps({ context }: SetUp): PlannedStep[] {
  if (context === undefined) return [];
  const file = '/proc/thread-self/attr/exec';
  return [
    kernelStep('context', 'write', `set the SELinux context ${context}`, ['write', file, context], {
      call: `write(${file}, "${context}")`,
      subject: context,
    }),
  ];
}

function ownerSteps({ owner }: SetUp): PlannedStep[] {
  return owner === undefined ? [] : credentialSteps({ parent: '', credentials: { groups: [], ...owner } });
}

function unshareSteps({ unshare, owner }: SetUp): PlannedStep[] {
  if (unshare === undefined) return [];
  const what = unshare === 0 ? 'nothing' : flagNames(unshare);
  return [
    kernelStep('unshare', 'unshare', `create new namespaces (${what})`, ['unshare', String(unshare)], {
      call: `unshare(${what === 'nothing' ? 0 : what})`,
    }),
    // Who has changed to another user may not write its own maps until told so.
    ...(owner === undefined
      ? []
      : [kernelStep('prepare', 'prctl', 'stay visible', ['prctl', '4', '1'], { call: 'prctl(PR_SET_DUMPABLE, 1)' })]),
  ];
}

function offsetSteps({ offsets = [] }: SetUp): PlannedStep[] {
  const file = '/proc/self/timens_offsets';
  const number = { monotonic: 1, boottime: 7 };
  return offsets.map(({ clock, seconds, nanoseconds }) => {
    const line = `${number[clock]} ${seconds} ${nanoseconds}`;
    return kernelStep('time-offset', 'write', `set the offset of the ${clock} clock`, ['write', file, line], {
      call: `write(${file}, "${line}")`,
    });
  });
}

function forkSteps(setUp: SetUp, fork: ForkSetUp, bound: readonly PlannedStep[]): PlannedStep[] {
  const intoGroup = setUp.limits?.some(({ unified }) => unified) ?? false;
  const bits = (fork.blockInterrupts ? 1 : 0) | (fork.mirrorStops ? 2 : 0) | (fork.init ? 4 : 0) | (intoGroup ? 8 : 0);
  const after = setUp.limits === undefined ? [] : [join(3, 'remove the control group')];
  const call = intoGroup ? 'clone3(CLONE_INTO_CGROUP); in the child:' : 'fork(); in the child:';
  return [
    ...(fork.deathSignal === undefined ? [] : [deathStep(fork.deathSignal)]),
    ...(intoGroup ? [kernelStep('prepare', 'fork', 'take the control group', ['take', '8'])] : []),
    kernelStep('fork', 'fork', 'start a child', ['fork', String(bits), String(fork.forward ?? 0n)], {
      call,
      lists: [bound, after],
    }),
  ];
}

function nameSteps({ hostname, domainname }: SetUp): PlannedStep[] {
  const steps: PlannedStep[] = [];
  if (hostname !== undefined)
    steps.push(
      kernelStep(
        'hostname',
        'sethostname',
        `set the host name to ${JSON.stringify(hostname)}`,
        ['hostname', hostname],
        {
          call: `sethostname(${JSON.stringify(hostname)})`,
        },
      ),
    );
  if (domainname !== undefined)
    steps.push(
      kernelStep(
        'hostname',
        'setdomainname',
        `set the domain name to ${JSON.stringify(domainname)}`,
        ['domainname', domainname],
        { call: `setdomainname(${JSON.stringify(domainname)})` },
      ),
    );
  return steps;
}

function lastSteps({ noNewPrivileges, terminal, deathSignal, fork }: SetUp): PlannedStep[] {
  const steps: PlannedStep[] = [];
  if (noNewPrivileges)
    steps.push(
      kernelStep('capabilities', 'prctl', 'give up new privileges', ['prctl', '38', '1'], {
        call: 'prctl(PR_SET_NO_NEW_PRIVS, 1)',
      }),
    );
  if (deathSignal !== undefined) steps.push(deathStep(deathSignal));
  if (fork?.init)
    steps.push(kernelStep('init', 'fork', 'start the init', ['init'], { call: 'fork(); the parent stays as init' }));
  if (terminal)
    steps.push(
      kernelStep('terminal', 'ioctl', 'take the terminal', ['terminal'], { call: 'setsid(), ioctl(0, TIOCSCTTY)' }),
    );
  return steps;
}

function deathStep({ signal, parent }: NonNullable<SetUp['deathSignal']>): PlannedStep {
  return kernelStep('death-signal', 'prctl', 'end with the parent', ['death-signal', String(signal), String(parent)], {
    call: `prctl(PR_SET_PDEATHSIG, ${signalName(signal)}), then a look whether the parent still lives`,
  });
}
