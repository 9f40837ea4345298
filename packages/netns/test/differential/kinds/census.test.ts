import { statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { census } from '../../../src/inspect/census.ts';
import { completenessLine } from '../../../src/inspect/completeness.ts';
import { keepers } from '../../../src/inspect/keepers.ts';
import { createNames } from '../../../src/namespaces/named.ts';
import { createNamespace } from '../../../src/namespaces/namespace.ts';
import { AF_INET, CLONE_NEWNET, SOCK_CLOEXEC, SOCK_STREAM } from '../../../src/native/constants.ts';
import { Fd } from '../../../src/native/fd.ts';
import { inNamespace } from '../../../src/native/passage.ts';
import { hasList } from '../../kernel/support/census.ts';
import { emptyRunDirectory } from '../../kernel/support/run-directories.ts';

/** A socket in a namespace that nothing else leads to, and the inode of that. */
function hidden(): { readonly socket: Fd; readonly inode: number } {
  using namespace = createNamespace('net');
  const call = ['socket', AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0] as const;
  const { results } = inNamespace(namespace.fd, CLONE_NEWNET, 'open a socket', [call]);
  return { socket: Fd.adopt(results[0] ?? -1, 'a socket'), inode: namespace.id.ino };
}

// Few looks, and in one process: this also runs on an emulated machine, whose older kernel lists no mounts and has no handles of namespaces.
it('the census counts as the kernel does, and explains what keeps each, on whatever kernel is there', async () => {
  createNames(['census-here']);
  const { socket, inode } = hidden();
  try {
    const named = statSync('/run/netns/census-here').ino;
    const { namespaces, completeness } = await census({ types: ['net'] });
    const at = (wanted: number) => namespaces.find((each) => each.inode === wanted);
    expect(at(named)).toMatchObject({ names: ['census-here'], keepers: [{ kind: 'mount' }] });
    expect(at(inode)?.keepers).toContainEqual(expect.objectContaining({ kind: 'socket' }));
    const { kernel, shown, newer } = completeness;
    if (hasList) expect(shown + newer).toBe(kernel);
    else expect(completenessLine(completeness)).toMatch(/^not exhaustive: .*(the kernel shows its list|BTF|older)/);
    // Whoever else looks at the whole machine may have one open for a moment.
    const sums = async () => {
      const found = [await keepers({ inode: named }), await keepers({ inode })];
      return found.map(({ references }) => references && [references.unexplained, references.missing]);
    };
    const right = hasList ? [0, 0] : undefined;
    await expect.poll(sums, { interval: 100, timeout: 60_000 }).toEqual([right, right]);
  } finally {
    socket.close();
    emptyRunDirectory();
  }
}, 120_000);
