#!/usr/bin/env node
/**
 * Has the installed `ip` show the links of links.mjs, and writes down what it shows, for the tests of ours. Run it with the newest `ip` first in PATH
 * (CONTRIBUTING.md tells how to get that). Needs root, unshare and cc.
 *
 *     PATH=/tmp/newer/bin:$PATH node tools/made-up-links/make.mjs
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { links } from './links.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'made-up-links-'));
const here = (name) => join(folder, name);

await build({
  entryPoints: [join(root, 'packages/netns/src/netlink/families/route/link.ts')],
  outfile: here('link.mjs'),
  bundle: true,
  format: 'esm',
  logLevel: 'error',
});
const { link } = await import(here('link.mjs'));
execFileSync('cc', [
  '-shared',
  '-fPIC',
  '-O1',
  '-o',
  here('answer.so'),
  fileURLToPath(new URL('answer.c', import.meta.url)),
  '-ldl',
]);

const usual = {
  mtu: 1500,
  group: 0,
  operstate: 2,
  linkmode: 0,
  address: '02:00:00:00:00:01',
  broadcast: 'ff:ff:ff:ff:ff:ff',
};

function payloadOf(attributes, index) {
  return link.encode({
    header: { family: 0, type: 1, index, flags: 0, change: 0 },
    attributes: { ifname: `x${index}`, ...usual, ...attributes },
  });
}

/** A netlink message of type RTM_NEWLINK. */
function messageOf(payload) {
  const message = Buffer.alloc((16 + payload.length + 3) & ~3);
  message.writeUInt32LE(16 + payload.length, 0);
  message.writeUInt16LE(16, 4);
  message.set(payload, 16);
  return message;
}

/** In a network namespace of its own, where no other link has a name that could be shown. */
function shown(payload, ...options) {
  writeFileSync(here('links'), messageOf(payload));
  const env = { ...process.env, LINKS: here('links'), LD_PRELOAD: here('answer.so') };
  return execFileSync('unshare', ['-n', 'ip', ...options, 'link', 'show'], { env, encoding: 'utf8' });
}

const made = links.map((attributes, at) => {
  const payload = payloadOf(attributes, 100 + at);
  const options = attributes.stats64 === undefined && attributes.vfinfoList === undefined ? ['-d'] : ['-d', '-s', '-s'];
  return {
    options: options.join(' '),
    payload: Buffer.from(payload).toString('hex'),
    text: shown(payload, ...options).split('\n'),
    json: shown(payload, ...options, '-j').trim(),
  };
});
const tool = execFileSync('ip', ['-V'], { encoding: 'utf8' }).trim();
const file = join(root, 'packages/netns/src/cli/personalities/ip/link/made-up-links.json');
writeFileSync(file, `${JSON.stringify({ tool, links: made }, undefined, 1)}\n`);
rmSync(folder, { recursive: true });
console.log(`${made.length} links, as ${tool} shows them`);
