import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bindNamespace, unbindNamespace } from '../../src/namespaces/bind.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { openNamespace } from '../../src/namespaces/reference.ts';
import { temporaryDirectory } from './support/run.ts';
import { refusal } from './support/run-directories.ts';

const directory = temporaryDirectory('bind');
const file = (name: string) => join(directory, name);

describe('bindNamespace', () => {
  it('keeps what nobody is in', () => {
    const path = file('kept');
    const created = createNamespace('ipc');
    bindNamespace(path, created);
    created.close();
    using kept = openNamespace(path, 'ipc');
    expect(kept.id).toEqual(created.id);
    unbindNamespace(path);
    expect(existsSync(path)).toBe(false);
  });

  it('never covers what is there', () => {
    const path = file('mine');
    writeFileSync(path, 'text');
    const self = `/proc/self/ns/net`;
    expect(refusal(() => bindNamespace(path, self))).toBe(
      `cannot create namespace file ${path}: File exists (EEXIST, mknodat)`,
    );
    expect(readFileSync(path, 'utf8')).toBe('text');
    expect(refusal(() => bindNamespace(file('none/such'), self))).toMatch(
      /No such file or directory \(ENOENT, mknodat\)$/,
    );
    expect(refusal(() => bindNamespace(file('other'), self, 'uts'))).toMatch(/it is a net namespace, not a uts one$/);
    expect(existsSync(file('other'))).toBe(false);
  });
});

describe('unbindNamespace', () => {
  it('leaves alone what keeps no namespace', () => {
    writeFileSync(file('plain'), 'text');
    symlinkSync('/proc/self/ns/net', file('link'));
    expect(refusal(() => unbindNamespace(file('plain')))).toMatch(/it is not a namespace file$/);
    expect(refusal(() => unbindNamespace(file('link')))).toMatch(/ELOOP/);
    expect(refusal(() => unbindNamespace(file('gone')))).toMatch(/ENOENT/);
    for (const name of ['plain', 'link']) expect(existsSync(file(name))).toBe(true);
  });
});
