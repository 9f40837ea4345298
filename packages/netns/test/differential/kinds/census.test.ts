import { once } from 'node:events';
import { expect, it } from 'vitest';
import { census, keepers, NetworkNamespace, removeNames } from '../../../dist/index.js';

// Few looks, and in one process: an older kernel lists no mounts and has no handles of namespaces.
it('the census counts as the kernel does, and explains what keeps each, on whatever kernel is there', async () => {
  using named = NetworkNamespace.createNamed('census-here');
  const hidden = NetworkNamespace.create();
  const server = hidden.net.createServer().listen(80);
  await once(server, 'listening');
  const { ino } = hidden.id;
  const id = named.id.ino;
  hidden.close();
  named.close();
  try {
    const { namespaces, completeness } = await census({ types: ['net'] });
    const at = (inode: number) => namespaces.find((each) => each.inode === inode);
    expect(at(id)).toMatchObject({ names: ['census-here'], keepers: [{ kind: 'mount' }] });
    expect(at(ino)?.keepers).toContainEqual(expect.objectContaining({ kind: 'socket' }));
    const { kernel, shown, newer, unseen } = completeness;
    if (kernel === undefined) expect(unseen.join()).toMatch(/the kernel shows its list|BTF|older/);
    else expect(shown + newer).toBe(kernel);
    // Whoever else looks at the whole machine may have one open for a moment.
    const sums = async () => {
      const found = [await keepers({ inode: id }), await keepers({ inode: ino })];
      return found.map(({ references }) => references && [references.unexplained, references.missing]);
    };
    const right = kernel === undefined ? undefined : [0, 0];
    await expect.poll(sums, { interval: 100, timeout: 60_000 }).toEqual([right, right]);
  } finally {
    server.close();
    await once(server, 'close');
    removeNames(['census-here']);
  }
}, 120_000);
