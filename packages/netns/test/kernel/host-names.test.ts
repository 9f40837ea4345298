import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HostNames } from '../../src/process/host-names.ts';

/** The names of hosts that `ip -resolve` shows; the differential tests compare those with what `ip` has. */
const directory = mkdtempSync(join(tmpdir(), 'netns-hosts-'));

beforeAll(() => {
  const hosts = ['10.0.0.1 first.example alias', 'fd00::1 six', `10.0.0.2 ${'long'.repeat(50)}`];
  writeFileSync(join(directory, 'hosts'), `${hosts.join('\n')}\n`);
  execFileSync('mount', ['--bind', join(directory, 'hosts'), '/etc/hosts']);
});

afterAll(() => {
  execFileSync('umount', ['/etc/hosts']);
  rmSync(directory, { recursive: true });
});

const children = () => readFileSync('/proc/thread-self/children', 'utf8').trim();

it('asks the system for names, and gives back what has none', () => {
  using names = new HostNames();
  expect(['10.0.0.1', 'fd00::1', '::ffff:10.0.0.1', '10.0.0.2', 'fd00::2'].map((each) => names.nameOf(each))).toEqual([
    'first.example',
    'six',
    'first.example',
    'long'.repeat(50),
    'fd00::2',
  ]);
});

it('starts nothing before the first question, asks for each once, and leaves no process', () => {
  const before = children();
  const names = new HostNames();
  expect(children()).toBe(before);
  expect(names.nameOf('10.0.0.1')).toBe('first.example');
  const [asking] = children()
    .split(' ')
    .filter((pid) => !before.split(' ').includes(pid));
  process.kill(Number(asking), 'SIGKILL');
  expect(names.nameOf('10.0.0.1')).toBe('first.example');
  expect(names.nameOf('fd00::1'), 'nobody is left to ask').toBe('fd00::1');
  names[Symbol.dispose]();
  names[Symbol.dispose]();
  expect(children()).toBe(before);
});
