import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What the package exports, by the declarations in the sources. */
const sources = join(import.meta.dirname, '../../src');
const source = (file: string) => readFileSync(join(sources, file), 'utf8');

interface Item {
  readonly name: string;
  readonly file: string;
}

/** `export { a, type B as C } from './file.ts'`, with the names in there. */
function* exportsOf(file: string): Generator<Item & { readonly as: string }> {
  for (const [, list = '', from = ''] of source(file).matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)'/gm))
    for (const entry of list.split(',').map((text) => text.trim().replace(/^type /, ''))) {
      const [name = '', as = name] = entry.split(' as ');
      if (name !== '') yield { name, as, file: normalize(join(file, '..', from)) };
    }
}

/** What stands in a file from its declaration on, and what stands before. */
function declarationOf({ name, file }: Item): { readonly before: string; readonly text: string } {
  const text = source(file);
  const words = '(?:export )?(?:abstract )?(?:async )?(?:function\\*?|class|interface|type|const)';
  const at = text.search(new RegExp(`^${words} ${name}\\b`, 'm'));
  if (at >= 0) return { before: text.slice(0, at), text: text.slice(at) };
  for (const item of exportsOf(file)) if (item.as === name) return declarationOf(item);
  throw new Error(`${file} has no ${name}`);
}

const isExplained = (before: string) => before.trimEnd().endsWith('*/');

/** The methods and getters of a class that do not say what they do; those of an interface that it fulfils say it there. */
function* silentMembers(item: Item, text: string): Generator<string> {
  const body = text.slice(0, text.search(/^\}/m));
  if (!/^(?:export )?(?:abstract )?class /.test(body) || /^[^{]* implements (?!Disposable|AsyncDisposable)/.test(body))
    return;
  const seen = new Set(['constructor', 'close', 'toString']);
  for (const { 1: name = '', index } of body.matchAll(/^ {2}(?:static |async |get )*\*?([a-z]\w*)(?:<[^\n]*)?\(/gm)) {
    if (!seen.has(name) && !isExplained(body.slice(0, index))) yield `${item.name}.${name}`;
    seen.add(name); // of overloads the first one says it
  }
}

describe('what is exported', () => {
  it.each(['index.ts', 'netlink.ts', 'testing.ts'])('says what it is: %s', (entry) => {
    const items = [...exportsOf(entry)];
    const silent = items.flatMap((item) => {
      const { before, text } = declarationOf(item);
      return [...(isExplained(before) ? [] : [item.name]), ...silentMembers(item, text)];
    });
    expect([items.length > 5, silent]).toEqual([true, []]);
  });
});
