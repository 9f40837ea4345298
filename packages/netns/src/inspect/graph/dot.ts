import type { Topology } from '../topology.ts';
import { drawnLinks, edgesOf, endKey, factsOf, plainText, titleOf } from './model.ts';

const styles = { cable: 'dir=none', member: 'style=dashed', below: 'arrowhead=vee' } as const;

/** A topology for Graphviz: `netns graph --format dot | dot -Tpng`. */
export function dotOf(topology: Topology): string {
  const ids = new Map<string, string>();
  const out = ['digraph namespaces {', '  rankdir=LR;', '  node [shape=box, style=rounded, fontname="sans-serif"];'];
  for (const [index, namespace] of topology.namespaces.entries()) {
    out.push(`  subgraph cluster_${index} {`, `    label=${quote(plainText(titleOf(namespace)))};`);
    for (const link of drawnLinks(namespace)) {
      const id = `n${index}_${link.index}`;
      ids.set(endKey({ namespace: namespace.key, index: link.index }), id);
      out.push(`    ${id} [label=${quote([link.name, factsOf(link)].filter(Boolean).map(plainText).join('\n'))}];`);
    }
    out.push('  }');
  }
  for (const { kind, from, to } of edgesOf(topology))
    out.push(`  ${ids.get(endKey(from))} -> ${ids.get(endKey(to))} [${styles[kind]}];`);
  return `${out.join('\n')}\n}\n`;
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
