import { readdirSync, readFileSync } from 'node:fs';
import { type Fixture, type FixtureMessage, fromHex } from './fixture.ts';

/** One message of a fixture with everything about it. */
export interface CapturedMessage extends FixtureMessage {
  readonly title: string;
  readonly bytes: Uint8Array;
  /** The last message that was sent before this one was received. */
  readonly request: Uint8Array | undefined;
}

/** All captured messages, in the order of the files' names. */
export function loadFixtures(): CapturedMessage[] {
  const folder = new URL('../fixtures/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().flatMap((name) => {
    const fixture = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Fixture;
    let request: Uint8Array | undefined;
    return fixture.messages.map((message, index) => {
      const bytes = fromHex(message.hex);
      if (message.direction === 'sent') request = bytes;
      const title = `${name} ${index}: ${fixture.command} (${message.direction})`;
      return { ...message, title, bytes, request: message.direction === 'sent' ? undefined : request };
    });
  });
}
