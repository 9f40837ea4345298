// write-addresses NAMESPACES EACH: give the loopback device of each of the named namespaces b0, b1, … so many addresses, those of all
// namespaces at once.
import { NetworkNamespace } from '../../packages/netns/src/index.ts';

const [namespaces, each] = process.argv.slice(2).map(Number);
const addresses = Array.from({ length: each ?? 0 }, (_, i) => ({
  link: 'lo',
  address: `10.0.${i >> 8}.${i & 255}/32`,
}));
await Promise.all(
  Array.from({ length: namespaces ?? 0 }, async (_, i) => {
    using namespace = NetworkNamespace.open(`b${i}`);
    await namespace.network.addresses.addAll(addresses);
  }),
);
process.exit();
