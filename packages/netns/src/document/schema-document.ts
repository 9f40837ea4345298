import { documentSchema } from './document.ts';
import { jsonSchemaOf } from './json-schema.ts';

/** The JSON Schema (2020-12) of documents, as the package has it in `netns/schema.json`. */
export function documentJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Networks of namespaces',
    ...jsonSchemaOf(documentSchema),
  };
}
