import { describe, expect, it } from 'vitest';
import { lsnsOptions } from '../lsns/options.ts';
import { nsenterOptions } from '../nsenter/options.ts';
import { unshareOptions } from '../unshare/options.ts';
import type { GetoptTable } from './getopt.ts';

/**
 * Every option of util-linux 2.43, written as getopt(3) has it: `:` takes a value, `::` may. A letter without a word does not exist.
 */
const everything: Readonly<Record<string, readonly [table: GetoptTable, words: string]>> = {
  unshare: [
    unshareOptions,
    `h/help V/version m/mount:: u/uts:: i/ipc:: n/net:: p/pid:: U/user:: C/cgroup:: T/time:: f/fork kill-child:: forward-signals
     mount-proc:: mount-binfmt:: l/load-interp: propagation: R/root: w/wd: S/setuid: G/setgid: map-user: map-group: r/map-root-user
     c/map-current-user map-users: map-groups: map-auto map-subids owner: setgroups: keep-caps monotonic: boottime: clear-env
     whitelist-env:`,
  ],
  nsenter: [
    nsenterOptions,
    `h/help V/version a/all t/target: m/mount:: u/uts:: i/ipc:: n/net:: N/net-socket: p/pid:: C/cgroup:: U/user:: T/time:: user-parent
     S/setuid: G/setgid: preserve-credentials keep-caps r/root:: w/wd:: W/wdns:: e/env c/join-cgroup F/no-fork Z/follow-context`,
  ],
  lsns: [
    lsnsOptions,
    `J/json l/list n/noheadings o/output: output-all P/persistent p/task: Q/filter: r/raw u/notruncate W/nowrap t/type: T/tree::
     H/list-columns h/help V/version`,
  ],
};

describe.each(Object.entries(everything))('%s', (_, [table, words]) => {
  it('has every option of the newest release, and no other', () => {
    const colons = { none: '', required: ':', optional: '::' };
    const ours = Object.entries(table).map(
      ([name, { letter, argument }]) => `${letter === undefined ? '' : `${letter}/`}${name}${colons[argument]}`,
    );
    expect(ours.sort()).toEqual(words.split(/\s+/).sort());
  });
});
