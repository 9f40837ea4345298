/**
 * Two namespaces and the cable between them, said in one document. The second time there is nothing to do.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/lab-from-a-document.ts
 */
import { apply, parseDocument, removeNames } from 'netns';

const document = await parseDocument(`
version: 1
namespaces:
  blue:
    links:
      eth0: { kind: veth, peer: { namespace: red, link: eth0 } }
    addresses:
      - { link: eth0, address: 10.0.0.1/24 }
  red:
    addresses:
      - { link: eth0, address: 10.0.0.2/24 }
`);
const steps = await apply(document);
for (const command of steps.flatMap(({ commands }) => commands)) console.log(command);
console.log(`the second time: ${(await apply(document)).length} steps`);
removeNames(['blue', 'red']);
