import { genericFamily } from '../../src/netlink/families/generic/controller.ts';
import { genericFamilies, genericMessage } from '../../src/netlink/families/generic/families.ts';
import { splitDatagram } from '../../src/netlink/header.ts';

/**
 * Puts the catalogue's number in the place of the one that the running kernel has for a family of generic netlink: that one is another
 * at each start. Families are learnt from what the kernel tells of them before they are used, as every program has to.
 */
export class GenericNumbers {
  readonly #families = new Map<number, (typeof genericFamilies)[keyof typeof genericFamilies]>();

  /** Changes `bytes`, a whole message. */
  settle(bytes: Uint8Array): void {
    const [message] = splitDatagram(bytes);
    if (message === undefined) return;
    const { type, start } = message;
    const family = this.#families.get(type);
    if (family !== undefined) {
      new DataView(bytes.buffer, bytes.byteOffset).setUint16(4, genericMessage(family, bytes[start] ?? 0), true);
    } else if (type === genericFamily.types.get) {
      const { familyId = 0, familyName } = genericFamily.decode(message).attributes;
      const named = Object.values(genericFamilies).find(({ name }) => name === familyName);
      if (named !== undefined && familyId !== 0) this.#families.set(familyId, named);
    }
  }
}
