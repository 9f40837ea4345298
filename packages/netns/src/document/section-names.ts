import type { SectionName } from './document.ts';

/** Written down once more, so that who only needs the names need not load all that describes the parts. */
const names: Readonly<Record<SectionName, true>> = {
  links: true,
  addresses: true,
  nexthops: true,
  routes: true,
  rules: true,
  neighbours: true,
  vlans: true,
  fdb: true,
  mdb: true,
  sysctls: true,
  firewall: true,
  shaping: true,
};

/** The parts of a network that a document has, in the order in which they are made. */
export const sectionNames = Object.keys(names) as readonly SectionName[];
