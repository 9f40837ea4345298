import type { Topology } from '../topology.ts';
import { drawnLinks, edgesOf, endKey, factsOf, plainText, titleOf } from './model.ts';

const lines = { cable: '---', member: '-.->|in|', below: '-->|on|' } as const;

/** A topology for Mermaid (https://mermaid.js.org), which GitHub and many editors draw. */
export function mermaidOf(topology: Topology): string {
  const ids = new Map<string, string>();
  const out = ['flowchart LR'];
  for (const [index, namespace] of topology.namespaces.entries()) {
    out.push(`  subgraph n${index}["${escapeText(titleOf(namespace))}"]`);
    for (const link of drawnLinks(namespace)) {
      const id = `n${index}_${link.index}`;
      ids.set(endKey({ namespace: namespace.key, index: link.index }), id);
      out.push(`    ${id}["${[link.name, factsOf(link)].filter(Boolean).map(escapeText).join('<br>')}"]`);
    }
    out.push('  end');
  }
  for (const { kind, from, to } of edgesOf(topology))
    out.push(`  ${ids.get(endKey(from))} ${lines[kind]} ${ids.get(endKey(to))}`);
  return `${out.join('\n')}\n`;
}

/** Names of devices may have anything in them but blanks and slashes; those of namespaces more. */
function escapeText(text: string): string {
  return [...plainText(text)]
    .map((each) => (/[\p{L}\p{N} .:/_-]/u.test(each) ? each : `#${each.codePointAt(0)};`))
    .join('');
}
