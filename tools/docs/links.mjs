import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { markdownFiles } from './snippets.mjs';

/** Every relative link, its anchor, and every path in backticks of the Markdown pages leads somewhere. */
export function linkFaults(root) {
  return markdownFiles(root, ['.', 'docs', 'bench']).flatMap((file) => {
    const prose = withoutFences(readFileSync(join(root, file), 'utf8'));
    return prose.split('\n').flatMap((text, index) => {
      const links = [...text.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map((match) =>
        linkFault(root, file, match[1]),
      );
      const paths = [...text.matchAll(/`([^`]+)`/g)].map((match) => pathFault(root, match[1]));
      return [...links, ...paths]
        .filter((message) => message !== undefined)
        .map((message) => ({ file, line: index + 1, message }));
    });
  });
}

function linkFault(root, file, link) {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path, anchor] = link.split('#');
  const target = path === '' ? file : join(dirname(file), path);
  if (target.startsWith('..') || !existsSync(join(root, target))) return `the link ${link} leads nowhere`;
  if (anchor === undefined || anchors(join(root, target)).has(anchor)) return undefined;
  return `the link ${link} leads to no heading`;
}

const ownFolders = /^(?:packages|tools|docs|bench|examples|\.ci|native|src|test)\/[\w./-]*$/;

/** A path as `src/wire/` or `tools/check-docs.mjs`; `src`, `native` and `test` are those of the package. */
function pathFault(root, path) {
  if (!ownFolders.test(path)) return undefined;
  const found = [root, join(root, 'packages/netns')].some((base) => existsSync(join(base, path)));
  return found ? undefined : `there is no ${path}`;
}

/** The anchors that a page's headings get, as GitHub makes them. */
function anchors(page) {
  if (!statSync(page).isFile()) return new Set();
  const headings = withoutFences(readFileSync(page, 'utf8')).matchAll(/^#+ +(.*)$/gm);
  return new Set(
    [...headings].map((match) =>
      match[1]
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

/** Blanks fenced blocks, and keeps the lines. */
function withoutFences(text) {
  return text.replace(/^[ \t]*```[\s\S]*?^[ \t]*```[ \t]*$/gm, (block) => block.replace(/[^\n]/g, ''));
}
