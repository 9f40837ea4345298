import { describe, expect, it } from 'vitest';
import { explainNoRights, explainRefusal, missing } from './explain.ts';
import type { MachineFacts } from './machine-facts.ts';

const root: MachineFacts = {
  effectiveCapabilities: (1n << 41n) - 1n,
  seccomp: 0,
  noNewPrivileges: false,
  appArmorRestriction: undefined,
  appArmorProfile: undefined,
  unprivilegedUserNamespaces: undefined,
  limits: { user: 0, net: 7 },
};
const nobody: MachineFacts = { ...root, effectiveCapabilities: 0n };

describe('explainRefusal', () => {
  it('names the limit that is reached', () => {
    expect(explainRefusal(28, 'user', nobody)).toBe('No space left on device; the limit user.max_user_namespaces is 0');
    expect(explainRefusal(28, 'pid', nobody)).toContain('user.max_pid_namespaces is not told');
    expect(explainRefusal(28, 'net', nobody)).toContain(
      'is 7 here, and may be lower in a user namespace around this one',
    );
  });

  it('names a missing capability only where it is missing, and where it is needed', () => {
    expect(explainRefusal(1, 'net', nobody)).toBe('Operation not permitted; this process lacks CAP_SYS_ADMIN');
    expect(explainRefusal(1, 'net', root)).toBe('Operation not permitted');
    expect(explainRefusal(1, 'user', nobody)).toBe('Operation not permitted');
  });

  it('names the rules that are in force', () => {
    const facts = {
      ...nobody,
      seccomp: 2,
      appArmorRestriction: 1,
      appArmorProfile: 'unconfined',
      unprivilegedUserNamespaces: 0,
    };
    expect(explainRefusal(1, 'user', facts)).toBe(
      'Operation not permitted; kernel.unprivileged_userns_clone is 0; ' +
        'kernel.apparmor_restrict_unprivileged_userns is 1 (profile: unconfined); ' +
        'a seccomp filter is on this process, as containers have',
    );
    expect(explainNoRights(13, { ...nobody, appArmorRestriction: 1 })).toBe(
      'Permission denied; kernel.apparmor_restrict_unprivileged_userns is 1 (profile: not told)',
    );
    expect(explainNoRights(13, { ...nobody, appArmorRestriction: 0 })).toBe('Permission denied');
  });

  it('says what the kernel has not', () => {
    expect(explainRefusal(22, 'time', root)).toBe('Invalid argument; this kernel has no time namespaces');
  });
});

describe('missing', () => {
  it('lists what is not there', () => {
    expect(missing(nobody, 'CAP_SYS_ADMIN', 'CAP_NET_ADMIN')).toEqual([
      'this process lacks CAP_SYS_ADMIN, CAP_NET_ADMIN',
    ]);
    expect(missing(root, 'CAP_SYS_ADMIN')).toEqual([]);
  });
});
