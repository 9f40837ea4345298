import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../../../test/codec/fixture.ts';
import { qdisc, trafficClass } from '../../../../netlink/families/route/qdisc.ts';
import { splitDatagram } from '../../../../netlink/header.ts';
import { formatJson } from '../../ip/json.ts';
import type { Telling } from '../say.ts';
import { tellClass, tellQdisc } from './describe.ts';

/** What `tc` 6.1 sent and showed on Linux 6.1, which has every kind: see `test/tc/captured.json`. */
interface Scene {
  readonly lines: readonly (readonly [line: string, sent: string])[];
  readonly shows: readonly (readonly [
    line: string,
    detailed: string,
    plain: string,
    json: string,
    messages: string[],
  ])[];
}
const scenes: readonly Scene[] = JSON.parse(
  readFileSync(new URL('../../../../../test/tc/captured.json', import.meta.url), 'utf8'),
);

function payloads(messages: readonly string[]) {
  return messages.flatMap((hex) => splitDatagram(fromHex(hex)));
}

const quiet: Telling = { details: false, iec: false, statistics: false };
const full = { details: true, iec: false, statistics: true };

describe('what tc shows', () => {
  const shows = scenes.flatMap(({ lines, shows }) =>
    shows.map((show) => [`${show[0]}: ${lines.map(([line]) => line).join('; ')}`, show] as const),
  );

  it.each(shows)('%s', (_title, [line, detailed, plain, json, messages]) => {
    const found = payloads(messages);
    if (line.startsWith('class')) {
      const classes = found.map((message) => trafficClass.decode(message));
      expect(classes.map((each) => tellClass(each, full)).join('')).toBe(detailed);
      return;
    }
    const device = /dev v4/.test(line) ? 52 : 50;
    const own = found.map((message) => qdisc.decode(message)).filter(({ header }) => header.ifindex === device);
    const said = own.map((each) => tellQdisc(each, full));
    expect(said.map(({ text }) => text).join('')).toBe(detailed);
    if (plain !== '')
      expect(own.map((each) => tellQdisc(each, { ...quiet, statistics: false }).text).join('')).toBe(plain);
    const ours = said.map(({ members }) => JSON.parse(formatJson(members, false)));
    let theirs: unknown;
    try {
      theirs = JSON.parse(json);
    } catch {
      return; // tc 6.1 prints the settings of a few kinds as text where JSON should be
    }
    expect(ours).toEqual(theirs);
  });
});
