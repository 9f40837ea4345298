import { describe, expect, it } from 'vitest';
import { DocumentError } from '../errors.ts';
import { formatDocument, parseDocument } from './text.ts';

/** All problems, one on a line. */
async function problems(text: string): Promise<string[]> {
  try {
    await parseDocument(text, 'f');
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return error.problems.map(({ line, column, path, message }) => `${line}:${column} ${path.join('.')}: ${message}`);
  }
  return [];
}

const document = {
  version: 1,
  namespaces: {
    blue: {
      links: { lo: {}, eth0: { kind: 'veth', peer: { namespace: 'red', link: 'eth0' }, address: '02:00:00:00:00:01' } },
      addresses: [{ link: 'eth0', address: '10.0.0.1/24' }],
    },
  },
} as const;

describe('a text', () => {
  it('reads back as the document that it was written from, as YAML and as JSON', async () => {
    const yaml = await formatDocument(document);
    expect(yaml).toMatchInlineSnapshot(`
      "version: 1
      namespaces:
        blue:
          links:
            lo: {}
            eth0: { kind: veth, peer: { namespace: red, link: eth0 }, address: "02:00:00:00:00:01" }
          addresses:
            - { link: eth0, address: 10.0.0.1/24 }
      "
    `);
    expect(await parseDocument(yaml)).toEqual(document);
    expect(await parseDocument(JSON.stringify(document))).toEqual(document);
  });

  it('says line, column and the nearest right key', async () => {
    expect(
      await problems(`version: 1
namespaces:
  blue:
    link:
      lo: {}
    addresses:
      - { link: eth0, adress: 10.0.0.1/24 }
      - { link: eth0, address: 10.0.0.300 }
    routes:
      - destination: 10
        metric: -1
      - destination: default
        gateway:
`),
    ).toMatchInlineSnapshot(`
      [
        "4:5 namespaces.blue.link: 'link' is not known here: did you mean 'links'?",
        "7:23 namespaces.blue.addresses.0.adress: 'adress' is not known here: did you mean 'address'?",
        "7:9 namespaces.blue.addresses.0: it needs 'address'",
        "8:32 namespaces.blue.addresses.1.address: it must be an IP address, or one with a prefix length, not "10.0.0.300"",
        "10:22 namespaces.blue.routes.0.destination: it must be a text (a prefix, or 'default'), not 10",
        "11:17 namespaces.blue.routes.0.metric: it must be a whole number from 0 to 4294967295, not -1",
        "13:17 namespaces.blue.routes.1.gateway: it must be a text (the router), not nothing",
      ]
    `);
    expect(
      await problems(`version: 1
namespaces:
  blue:
    links:
      all: { kind: bridge }
    shaping:
      eth0:
        qdiscs:
          - { handle: '1:' }
          - { kind: tbf, option: {} }
        filters:
          - { kind: matchall, handle: '1:', prioriy: 5 }
`),
    ).toMatchInlineSnapshot(`
      [
        "5:7 namespaces.blue.links.all: "all": it must be the name of a device: 'all' and 'default' stand for all of them",
        "9:13 namespaces.blue.shaping.eth0.qdiscs.0: it needs 'kind'",
        "10:26 namespaces.blue.shaping.eth0.qdiscs.1.option: 'option' is not known here: did you mean 'options'?",
        "12:39 namespaces.blue.shaping.eth0.filters.0.handle: it must be a whole number from 0 to 4294967295, not "1:"",
        "12:45 namespaces.blue.shaping.eth0.filters.0.prioriy: 'prioriy' is not known here: did you mean 'priority'?",
      ]
    `);
    const json = '{"version": 1,\n "namespaces": {"blue": {"links": {"lo": {"upp": true}, "eth0": {"mtu": "big"}}}}}';
    expect(await problems(json)).toMatchInlineSnapshot(`
      [
        "2:43 namespaces.blue.links.lo.upp: 'upp' is not known here: did you mean 'up'?",
        "2:66 namespaces.blue.links.eth0.mtu: it must be a whole number from 0 to 4294967295, not "big"",
      ]
    `);
  });

  it.each([
    ['YAML that is none', 'version: 1\nnamespaces: {blue: [}\n'],
    ['a key that is there twice', 'version: 1\nnamespaces:\n  blue: {}\n  blue: {}\n'],
    ['a key of JSON that is there twice', '{"version": 1, "namespaces": {"a": {}, "a": {}}}'],
    ['an alias', 'version: 1\nnamespaces:\n  a: &x {}\n  b: *x\n'],
    ['a tag', 'version: 1\nnamespaces: !!js/function x\n'],
    ['a merge key', 'version: 1\nnamespaces:\n  a:\n    <<: {}\n'],
    ['a key that is no word', 'version: 1\nnamespaces:\n  [a]: {}\n'],
    ['two documents', 'version: 1\nnamespaces: {}\n---\nversion: 1\n'],
    ['nothing', ''],
    ['a list', '- a\n'],
    ['__proto__', 'version: 1\nnamespaces:\n  a:\n    __proto__: { links: {} }\n'],
    ['__proto__ in JSON', '{"version": 1, "namespaces": {"a": {"__proto__": {}}}}'],
    ['constructor', 'version: 1\nnamespaces:\n  a: { constructor: 1 }\n'],
  ])('refuses %s', async (_, text) => {
    expect(await problems(text)).toMatchSnapshot();
    expect(({} as Record<string, unknown>).links).toBeUndefined();
  });

  it.each([
    [
      'billion laughs',
      `a: &a [${'x,'.repeat(9)}x]\n${[...'bcdefghij'].map((c, i) => `${c}: &${c} [${`*${'abcdefghi'[i]},`.repeat(9)}]`).join('\n')}`,
    ],
    ['a very long YAML', `a: ${'x'.repeat(3_000_000)}`],
    ['a very long JSON', `{"a": "${'x'.repeat(100_000_000)}"}`],
    ['a deep list', '['.repeat(100_000)],
    ['a deep list of lines', '- '.repeat(20_000)],
    ['a deep map', Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['deep question marks', '? '.repeat(20_000)],
    ['deep JSON', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    [
      'many wrong keys',
      `version: 1\nnamespaces: { ${Array.from({ length: 10_000 }, (_, i) => `n${i}: 1`).join(', ')} }`,
    ],
  ])('is not brought down by %s', async (_, text) => {
    const found = await problems(text);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(200);
  });
});
