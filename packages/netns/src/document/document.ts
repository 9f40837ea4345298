import { namespaceRef } from './formats.ts';
import { fields, mapOf, type Schema, type Typed, type TypeOf, text } from './schema.ts';
import { parts, tables } from './sections/index.ts';
import { linksSchema } from './sections/links.ts';

const { addresses, nexthops, routes, rules, neighbours, fdb, mdb } = tables;

export const namespaceSchema = fields(
  {
    links: linksSchema,
    addresses: addresses.schema,
    nexthops: nexthops.schema,
    routes: routes.schema,
    rules: rules.schema,
    neighbours: neighbours.schema,
    vlans: parts.vlans.schema,
    fdb: fdb.schema,
    mdb: mdb.schema,
    sysctls: parts.sysctls.schema,
    firewall: parts.firewall.schema,
    shaping: parts.shaping.schema,
  },
  [],
  'The network of a namespace. Each section that is there says all there is to be of its kind; one that is left out is left alone.',
);

const version: Typed<Schema, 1> = {
  form: 'integer',
  min: 1,
  max: 1,
  about: 'of this format',
};

const namespaces = mapOf(
  namespaceRef,
  namespaceSchema,
  "Namespaces by name; '.' is the one that netns runs in. Those that do not exist are made; none is taken away.",
);

/** The whole document. */
export const documentSchema = fields(
  { $schema: text('for editors: where the schema of this format is'), version, namespaces },
  ['version', 'namespaces'],
  'Networks of namespaces, as `netns export` writes and `netns apply` reads them.',
);

/** What the networks of some namespaces are, or are to be. */
export type NetworkDocument = TypeOf<typeof documentSchema>;
/** One namespace of it. */
export type NamespaceDocument = TypeOf<typeof namespaceSchema>;
/** A part of the document of one namespace: `links`, `routes`, `firewall`, … */
export type SectionName = keyof NamespaceDocument;
