import type { ByKind, Schema } from './schema.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** The same declaration as JSON Schema (2020-12), for editors and other validators. */
export function jsonSchemaOf(schema: Schema): JsonSchema {
  const about = schema.about === undefined ? {} : { description: schema.about };
  switch (schema.form) {
    case 'text':
      return { type: 'string', ...(schema.pattern !== undefined && { pattern: schema.pattern }), ...about };
    case 'integer':
      return { type: 'integer', minimum: schema.min, maximum: schema.max, ...about };
    case 'truth':
      return { type: 'boolean', ...about };
    case 'words': {
      const list = { enum: schema.words };
      return { ...(schema.numbers ? { anyOf: [list, jsonSchemaOf(schema.numbers)] } : list), ...about };
    }
    case 'fields':
      return { ...objectOf(schema.fields, schema.required), ...about };
    case 'by kind':
      return { ...kindsOf(schema), ...about };
    case 'map':
      return {
        type: 'object',
        propertyNames: jsonSchemaOf(schema.key),
        additionalProperties: jsonSchemaOf(schema.value),
        ...about,
      };
    case 'list':
      return {
        type: 'array',
        items: jsonSchemaOf(schema.item),
        ...(schema.min > 0 && { minItems: schema.min }),
        ...about,
      };
    case 'either':
      return { anyOf: schema.of.map(jsonSchemaOf), ...about };
    case 'anything':
      return { ...(schema.type && { type: schema.type }), ...about };
  }
}

function objectOf(fields: Readonly<Record<string, Schema>>, required: readonly string[]): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, jsonSchemaOf(field)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function kindsOf({ fields, required, kinds }: ByKind): JsonSchema {
  const { properties, ...rest } = objectOf(fields, required);
  const names = Object.keys(kinds);
  return {
    ...rest,
    properties: { kind: { enum: names }, data: true, ...(properties as object) },
    allOf: [
      ...names.map((kind) => ({
        if: { properties: { kind: { const: kind } }, required: ['kind'] },
        // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
        then: { properties: { data: jsonSchemaOf(kinds[kind] as Schema) } },
      })),
      // Without a kind there is nothing that the data could belong to.
      { anyOf: [{ required: ['kind'] }, { properties: { data: false } }] },
    ],
  };
}
