import { describe, expect, it } from 'vitest';
import { completenessLine, sayWhyNoList } from './completeness.ts';

describe('completenessLine', () => {
  const all = { kernel: 3, shown: 3, newer: 0, dying: 0, exhaustive: ['net' as const], unseen: [] };

  it('says that all are there, when the kernel says so', () => {
    expect(completenessLine(all)).toBe('kernel has 3 network namespaces, 3 shown');
    expect(completenessLine({ ...all, kernel: 1, shown: 1 })).toBe('kernel has 1 network namespace, 1 shown');
    expect(completenessLine({ ...all, dying: 2 })).toBe(
      'kernel has 3 network namespaces, 3 shown; 2 more being taken apart',
    );
    expect(completenessLine({ ...all, kernel: 4, newer: 1, dying: 1 })).toBe(
      'kernel has 4 network namespaces, 3 shown; 1 made meanwhile; 1 more being taken apart',
    );
  });

  it('says what could not be seen', () => {
    const unseen = [sayWhyNoList({ code: 'EPERM', syscall: '', message: '' }), 'process 1 may not be looked at'];
    expect(completenessLine({ ...all, kernel: undefined, exhaustive: [], unseen })).toMatch(
      /^not exhaustive: the kernel shows its list only to CAP_BPF .*; process 1 may not be looked at$/,
    );
  });
});

describe('sayWhyNoList', () => {
  it.each([
    ['ENOENT', 'open', /BTF/],
    ['EINVAL', 'bpf(BPF_PROG_LOAD)', /older than Linux 5.14/],
    ['EAGAIN', 'bpf(BPF_PROG_TEST_RUN)', /come and go faster/],
    ['ENOMEM', 'bpf(BPF_MAP_CREATE)', /^cannot read/],
  ])('explains %s', (code, syscall, text) => {
    expect(sayWhyNoList({ code, syscall, message: 'cannot read the list' })).toMatch(text);
  });
});
