import { describe, expect, it } from 'vitest';
import { fixed, formatJson, type Json } from './json.ts';

describe('formatJson', () => {
  const value: Json = [
    { name: 'c', flags: ['UP', 'ECHO'], inner: { low: 0n, t: fixed(1, 2) }, none: {} },
    { name: 'x' },
  ];

  it('prints on one line', () => {
    expect(formatJson(value, false)).toBe(
      '[{"name":"c","flags":["UP","ECHO"],"inner":{"low":0,"t":1.00},"none":{}},{"name":"x"}]',
    );
  });

  it('prints as ip does with -pretty', () => {
    expect(formatJson(value, true)).toBe(`\
[ {
        "name": "c",
        "flags": [ "UP","ECHO" ],
        "inner": {
            "low": 0,
            "t": 1.00
        },
        "none": {}
    },{
        "name": "x"
    } ]`);
  });

  it('prints empty arrays as ip does', () => {
    expect(formatJson([], false)).toBe('[]');
    expect(formatJson([], true)).toBe('[ ]');
    expect(formatJson([{}], true)).toBe('[ {} ]');
    expect(formatJson([{ a: [] }], true)).toBe('[ {\n        "a": [ ]\n    } ]');
  });

  it('escapes control characters, quotes and backslashes, and nothing else', () => {
    expect(formatJson('\t\n\r\f\b\\"\'\u0001\u001f\u007fé☃/', false)).toBe(
      '"\\t\\n\\r\\f\\b\\\\\\"\'\\u0001\\u001f\\u007fé☃/"',
    );
  });

  it('is JSON', () => {
    const text = formatJson({ a: [true, null, -1, 'x\u0002"'], b: { c: 4294967295n } }, true);
    expect(JSON.parse(text)).toEqual({ a: [true, null, -1, 'x\u0002"'], b: { c: 4294967295 } });
  });
});
