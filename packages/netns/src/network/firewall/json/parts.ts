import { dataTypes } from './datatypes.ts';
import type { PartType } from './elements-show.ts';

/** What kinds of values several statements have. */
export const machineNumber = { type: dataTypes.integer, bits: 32, order: 'machine' } as const satisfies PartType;
/** Bytes of the packet that no field is known for. */
export const packetNumber = { type: dataTypes.integer, bits: 0, order: 'network' } as const satisfies PartType;
export const link = { type: dataTypes.iface_index, bits: 32, order: 'machine' } as const satisfies PartType;
export const port = { type: dataTypes.inet_service, bits: 16, order: 'network' } as const satisfies PartType;
export const address4 = { type: dataTypes.ipv4_addr, bits: 32, order: 'network' } as const satisfies PartType;
export const address6 = { type: dataTypes.ipv6_addr, bits: 128, order: 'network' } as const satisfies PartType;
