import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { link } from '../../../../netlink/families/route/link.ts';
import { formatJson } from '../json.ts';
import { toJson, toText } from '../show/fields.ts';
import { linkParts } from './describe.ts';
import type { Kind } from './kinds/kind.ts';
import { loadKind } from './kinds/kinds.ts';
import { viewOf } from './testing.ts';

// What the newest `ip` shows of answers that no kernel at hand gives: tools/made-up-links/make.mjs had it show them.
const { links }: { links: readonly { options: string; payload: string; text: readonly string[]; json: string }[] } =
  JSON.parse(readFileSync(new URL('made-up-links.json', import.meta.url), 'utf8'));

it.each(links.map((each) => [each.text.slice(0, 3).join(' ').slice(0, 130), each] as const))(
  '%s',
  async (_title, each) => {
    const message = link.decode(Buffer.from(each.payload, 'hex'));
    const { kind, slave } = message.attributes.linkinfo ?? {};
    const kinds = new Map<string, Kind>();
    for (const name of [kind, slave && `${slave.kind}_slave`]) {
      const found = name === undefined ? undefined : await loadKind(name);
      if (found !== undefined && name !== undefined) kinds.set(name, found);
    }
    const view = viewOf({ details: 1, statistics: each.options.split('-s').length - 1 }, [], { kinds });
    expect(`${toText(linkParts, message, view)}\n`).toBe(each.text.join('\n'));
    expect(formatJson([toJson(linkParts, message, view)], false)).toBe(each.json);
  },
);
