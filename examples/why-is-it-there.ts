/**
 * A namespace that no other tool lists, because only a socket keeps it: found, and asked why it is there.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/why-is-it-there.ts
 */
import { census, createNamespace, keepers, sayReferences, socketIn } from 'netns';

const namespace = createNamespace('net');
const { ino: inode } = namespace.id;
const socket = socketIn(namespace, 'inet', 'stream');
namespace.close();

const { namespaces } = await census({ types: ['net'] });
console.log(namespaces.some((each) => each.inode === inode) ? 'found' : 'not found');

const { keepers: found, references } = await keepers({ inode });
for (const { keeper, release } of found) console.log(`${keeper.kind}: ${release.replaceAll(/\d+/g, 'N')}`);
if (references !== undefined) console.log(sayReferences(references));

socket.close();
