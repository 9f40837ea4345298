import { EPERM } from '../../errno-numbers.ts';
import { everyCapability } from './capabilities.ts';
import type { SetUp } from './set-up.ts';
import type { PlannedStep } from './step.ts';
import { kernelStep } from './step-makers.ts';

const fileSlot = '14';

/** What is to be looked at inside may have no name there: it is opened before. */
export function ownedFileSteps({ credentials }: SetUp): PlannedStep[] {
  if (credentials?.file === undefined) return [];
  return [
    kernelStep('prepare', 'openat', 'open the file whose owner is meant', credentials.file),
    kernelStep('prepare', 'fcntl', 'hold the file whose owner is meant', ['hold', fileSlot]),
  ];
}

export function credentialSteps({ credentials, capabilities }: SetUp): PlannedStep[] {
  if (credentials === undefined) return [];
  const { groups, gid, uid, file } = credentials;
  const steps: PlannedStep[] = [];
  if (file !== undefined)
    steps.push(
      kernelStep('prepare', 'fcntl', 'take the file whose owner is meant', ['take', fileSlot]),
      kernelStep('prepare', 'statx', 'look whose file it is', ['owner'], { call: 'statx(file): uid, gid' }),
    );
  if (capabilities?.bounding !== undefined) steps.push(boundingStep(capabilities.bounding));
  if (groups === 'late-if-allowed') steps.push(kernelStep('prepare', 'setgroups', '', ['tolerate', String(EPERM)]));
  if (typeof groups === 'string')
    steps.push(
      kernelStep('groups', 'setgroups', 'set the groups', ['groups-late'], { call: 'setgroups(0), unless done' }),
    );
  else if (groups !== undefined)
    steps.push(
      kernelStep('groups', 'setgroups', 'set the groups', ['groups', groups.join(',')], {
        call: `setgroups(${groups.join(', ') || 0})`,
      }),
    );
  if (gid !== undefined)
    steps.push(kernelStep('gid', 'setgid', `become group ${gid}`, ['setgid', String(gid)], { call: `setgid(${gid})` }));
  if (uid !== undefined && uid !== 0 && capabilities?.ambient !== undefined)
    steps.push(
      kernelStep('capabilities', 'prctl', 'keep capabilities', ['prctl', '8', '1'], {
        call: 'prctl(PR_SET_KEEPCAPS, 1)',
      }),
    );
  if (uid !== undefined)
    steps.push(kernelStep('uid', 'setuid', `become user ${uid}`, ['setuid', String(uid)], { call: `setuid(${uid})` }));
  return steps;
}

export function capabilitySteps({ capabilities, credentials }: SetUp): PlannedStep[] {
  const steps: PlannedStep[] = [];
  const { bounding, ambient } = capabilities ?? {};
  if (bounding !== undefined) {
    if (credentials === undefined) steps.push(boundingStep(bounding));
    steps.push(
      kernelStep('capabilities', 'capset', 'give up capabilities', ['capabilities', String(bounding)], {
        call: `capset(& ${hex(bounding)})`,
      }),
    );
  }
  if (ambient !== undefined)
    steps.push(
      kernelStep('capabilities', 'prctl', 'keep capabilities', ['ambient', String(ambient)], {
        call: `prctl(PR_CAP_AMBIENT_RAISE, ${hex(ambient)})`,
      }),
    );
  return steps;
}

/** While there still is the right to: a change of user takes it away. */
function boundingStep(bounding: bigint): PlannedStep {
  return kernelStep('capabilities', 'prctl', 'give up capabilities for ever', ['bounding', String(bounding)], {
    call: `prctl(PR_CAPBSET_DROP, all but ${hex(bounding)})`,
  });
}

function hex(mask: bigint): string {
  return mask === everyCapability ? 'all' : `0x${mask.toString(16)}`;
}
