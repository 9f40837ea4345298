import type { Document, LineCounter, Node, Pair } from 'yaml';
import { DocumentError, type DocumentProblem } from '../errors.ts';
import type { Path, Problem } from './check.ts';
import type { NetworkDocument } from './document.ts';
import { scanJson } from './json-text.ts';
import { problemsOf } from './validate.ts';

/** How many characters of YAML are read: what that costs grows with the length (some hundred bytes of memory for each); JSON is cheap. */
const mostYaml = 2 * 1024 * 1024;
const mostJson = 64 * 1024 * 1024;
/** A document has about ten levels. */
const mostLevels = 64;
const deepText = `it is nested too deeply: there may be ${mostLevels} levels`;

/** A document that was read from a text. */
export interface Located {
  readonly document: NetworkDocument;
  /** Says of problems that were found later (`apply` finds names of devices that there are not) where they are in the text. */
  locate(error: DocumentError): DocumentError;
}

/**
 * Reads a document from YAML 1.2 or JSON (a text that begins with `{`), and checks it. Anchors, aliases and tags are refused: a document is
 * what it shows.
 *
 * Throws DocumentError with all problems, each with line and column. `file`: what it is called in messages.
 */
export async function parseDocument(text: string, file?: string): Promise<NetworkDocument> {
  return (await readDocument(text, file)).document;
}

/** The same for whoever goes on to find problems. Throws as `parseDocument` does. */
export async function readDocument(text: string, file?: string): Promise<Located> {
  const json = /^\s*\{/.test(text);
  const most = json ? mostJson : mostYaml;
  if (text.length > most)
    fail(
      `it is too long: ${json ? 'JSON' : 'YAML'} may have ${most / 1024 / 1024} MiB${json ? '' : ', JSON 64'}`,
      file,
    );
  const sound = json ? parseJson(text) : undefined;
  return sound === undefined ? parseYaml(text, file) : checkJson(text, sound.value, file);
}

function fail(message: string, file: string | undefined): never {
  throw new DocumentError([{ path: [], message }], file);
}

/** Undefined for what is no JSON: it may be YAML that looks like it, which also says where it is wrong. */
function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function checkJson(text: string, value: unknown, file: string | undefined): Located {
  const problems: Problem[] = [];
  const tooDeep = scanJson(text, mostLevels, ({ path }, _, again) => {
    if (again) problems.push({ path: path(), key: true, message: `'${path().at(-1)}' is there twice` });
  });
  if (tooDeep) fail(deepText, file);
  problems.push(...problemsOf(value));
  const locate = ({ problems }: { readonly problems: readonly Problem[] }) =>
    new DocumentError(locatedInJson(text, problems), file);
  if (problems.length > 0) throw locate({ problems });
  return { document: value as NetworkDocument, locate };
}

function locatedInJson(text: string, problems: readonly Problem[]): DocumentProblem[] {
  const offsets = new Map<string, number>();
  const wanted = new Set(problems.map(({ path }) => JSON.stringify(path)));
  scanJson(text, mostLevels, ({ path, offset }, isKey) => {
    const key = JSON.stringify(path());
    if (wanted.has(key) && (isKey || !offsets.has(key))) offsets.set(key, offset);
  });
  return problems.map(({ path, message }) => ({
    path,
    message,
    ...positionIn(text, offsets.get(JSON.stringify(path))),
  }));
}

function positionIn(text: string, offset: number | undefined): { line?: number; column?: number } {
  if (offset === undefined) return {};
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

async function parseYaml(text: string, file: string | undefined): Promise<Located> {
  const tooDeep = depthFault(text);
  if (tooDeep !== undefined) fail(tooDeep, file);
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const tree = yaml.parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false, // it compares each with each; `plain` does it in one pass
    stringKeys: false,
  }) as Document<Node>;
  const broken = [...tree.errors, ...tree.warnings].map(
    ({ code, message, pos: [at] }): DocumentProblem => ({
      path: [],
      message: code === 'MULTIPLE_DOCS' ? 'there is a second document; only one is read' : message,
      ...placeOf(lines, at),
    }),
  );
  if (broken.length > 0) throw new DocumentError(broken, file);
  const reader = new YamlReader(yaml, lines);
  const value = reader.plain(tree.contents, []);
  if (reader.problems.length > 0) throw new DocumentError(reader.problems, file);
  const locate = ({ problems }: { readonly problems: readonly Problem[] }) =>
    new DocumentError(
      problems.map((problem) => reader.located(problem)),
      file,
    );
  const problems = problemsOf(value);
  if (problems.length > 0) throw locate({ problems });
  return { document: value as NetworkDocument, locate };
}

/**
 * The parser is recursive, and a hostile text could make it end the whole process: the depth is looked at before, from the outside, and what
 * only looks deep (brackets in a text) is refused as well.
 */
function depthFault(text: string): string | undefined {
  let open = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = Math.max(0, open + (bracket === '[' || bracket === '{' ? 1 : -1));
    if (open > mostLevels) return deepText;
  }
  const indented = new RegExp(`^(?:[ \\t]{${8 * mostLevels}}|[ \\t]*(?:[-?:][ \\t]+){${mostLevels}})`, 'm');
  return indented.test(text) ? deepText : undefined;
}

function placeOf(lines: LineCounter, offset: number | undefined): { line?: number; column?: number } {
  if (offset === undefined) return {};
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** Turns the tree of a YAML text into plain values, and remembers where they stand. */
class YamlReader {
  readonly problems: DocumentProblem[] = [];
  readonly #yaml: typeof import('yaml');
  readonly #lines: LineCounter;
  readonly #values = new Map<string, number>();
  readonly #keys = new Map<string, number>();

  constructor(yaml: typeof import('yaml'), lines: LineCounter) {
    this.#yaml = yaml;
    this.#lines = lines;
  }

  plain(node: Node | null | undefined, path: Path): unknown {
    const { isAlias, isMap, isSeq, isScalar } = this.#yaml;
    const offset = node?.range?.[0];
    if (offset !== undefined) this.#values.set(JSON.stringify(path), offset);
    if (isAlias(node)) return this.#refuse(path, offset, "aliases ('*name') are not read here: write it out");
    const anchor = (node as { anchor?: string } | null | undefined)?.anchor;
    if (anchor !== undefined) return this.#refuse(path, offset, "anchors ('&name') are not read here");
    if (node?.tag !== undefined && !node.tag.startsWith('tag:yaml.org'))
      return this.#refuse(path, offset, "tags ('!name') are not read here");
    if (isSeq<Node>(node)) return node.items.map((item, index) => this.plain(item, [...path, index]));
    if (isMap<Node, Node>(node)) return this.#plainMap(node.items, path);
    if (isScalar(node)) return node.value;
    return null;
  }

  #plainMap(pairs: readonly Pair<Node, Node | null>[], path: Path): unknown {
    const value: Record<string, unknown> = {};
    for (const { key, value: each } of pairs) {
      const offset = key?.range?.[0];
      if (!this.#yaml.isScalar(key) || typeof key.value === 'object') {
        this.#refuse(path, offset, 'a key must be a word');
        continue;
      }
      const name = String(key.value);
      const at = [...path, name];
      if (Object.hasOwn(value, name)) this.#refuse(at, offset, `'${name}' is there twice`);
      if (offset !== undefined) this.#keys.set(JSON.stringify(at), offset);
      // `value[name] =` would take `__proto__` for something else.
      Object.defineProperty(value, name, {
        value: this.plain(each, at),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return value;
  }

  #refuse(path: Path, offset: number | undefined, message: string): null {
    this.problems.push({ path, message, ...placeOf(this.#lines, offset) });
    return null;
  }

  /** With the place of the key where the key is meant, or where there is nothing behind it. */
  located({ path, key, message }: Problem): DocumentProblem {
    const id = JSON.stringify(path);
    const offset = key ? this.#keys.get(id) : (this.#values.get(id) ?? this.#keys.get(id));
    return { path, message, ...placeOf(this.#lines, offset) };
  }
}

/** Writes a document as YAML, short values on one line, so that it reads like a table. */
export async function formatDocument(document: NetworkDocument): Promise<string> {
  const yaml = await import('yaml');
  // Other readers of YAML take `02:10` and `no` for something else, if they are not quoted.
  const tree = new yaml.Document(document, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  yaml.visit(tree, {
    Collection(_, node, path) {
      // From the third level on: an entry of a section is a line.
      const depth = path.filter((each) => yaml.isCollection(each)).length;
      if (depth >= 4) node.flow = true;
      return undefined;
    },
  });
  return tree.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** Whether it is more than `readDocument` takes as YAML. */
export function isTooMuchYaml(yaml: string): boolean {
  return yaml.length > mostYaml;
}
