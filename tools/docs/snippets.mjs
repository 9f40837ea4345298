import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The snippets of the documentation: blocks fenced as `ts` or `sh` in Markdown pages and in doc comments.
 *
 * A sitting is what one reader does in one go: a page, or one doc comment. Its snippets run in order in one sandbox.
 * A snippet is `{ language, line, code }`; `line` is where its first line of code stands in the file.
 */
export function sittings(root) {
  const pages = markdownFiles(root, ['.', 'docs']).map((file) => ({ file, snippets: fences(read(root, file), 1) }));
  const comments = sourceFiles(root).flatMap((file) =>
    docComments(read(root, file)).map(({ text, line }) => ({
      file,
      snippets: fences(text, line),
    })),
  );
  return [...pages, ...comments].filter(({ snippets }) => snippets.length > 0);
}

/** The Markdown pages of these folders. */
export function markdownFiles(root, folders) {
  return folders
    .flatMap((folder) => list(join(root, folder)).map((name) => join(folder, name)))
    .filter((file) => file.endsWith('.md'))
    .sort();
}

function sourceFiles(root) {
  return list(join(root, 'packages/netns/src'), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join('packages/netns/src', name))
    .sort();
}

function list(folder, options) {
  try {
    return readdirSync(folder, options);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function read(root, file) {
  return readFileSync(join(root, file), 'utf8');
}

/** The doc comments of a source file, without their stars; each line keeps its number. */
function docComments(source) {
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].map((match) => ({
    text: match[0].replace(/^[ \t]*(?:\/\*\*|\* ?)/gm, '').replace(/\*\/$/, ''),
    line: lineAt(source, match.index),
  }));
}

function fences(text, firstLine) {
  return [...text.matchAll(/^([ \t]*)```(ts|sh)\n([\s\S]*?)^\1```[ \t]*$/gm)].map((match) => ({
    language: match[2],
    line: firstLine + lineAt(text, match.index),
    code: match[3].replaceAll(new RegExp(`^${match[1]}`, 'gm'), ''),
  }));
}

function lineAt(text, offset) {
  return text.slice(0, offset).split('\n').length;
}
