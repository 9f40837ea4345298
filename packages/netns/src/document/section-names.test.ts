import { expect, it } from 'vitest';
import { namespaceSchema } from './document.ts';
import { sectionNames } from './section-names.ts';

it('names the parts of a document, in its order', () => {
  expect(sectionNames).toEqual(Object.keys(namespaceSchema.fields));
});
