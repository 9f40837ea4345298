#!/usr/bin/env node
/**
 * Captures what a tool (`ip`, `nft`, …) and the kernel say to each other, as a golden fixture for the codec's tests.
 *
 *     node tools/capture-fixture.mjs NAME [--setup COMMAND]... -- ip link add v0 type veth peer name v1
 *     node tools/capture-fixture.mjs --again          capture every fixture anew, with its recorded commands, except those of
 *                                                     what the running kernel does not know and another one did,
 *                                                     and of what makes kernels hang
 *
 * The commands run in private mount and network namespaces with an empty /run; nothing outside them is touched. Needs
 * root, unshare and strace. The decoded values in the file come from our own decoder: read them before you commit them,
 * and compare with what `ip -d` shows.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'packages/netns/test/fixtures');

/** Options of encapsulations over which Linux 6.18 hangs for ever: captured one by one, in a virtual machine only. */
const hanging = /\b(?:geneve|vxlan|erspan)_opts\b/;

const args = process.argv.slice(2);
const codec = await loadCodec();
if (args[0] === '--again') {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const { setup, command } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    if (hanging.test(command)) console.log(`${file}: kept, some kernels hang over it`);
    else capture(file, setup, command);
  }
} else {
  const split = args.indexOf('--');
  const [name, ...options] = args.slice(0, split === -1 ? 0 : split);
  const setup = options.filter((_, index) => options[index - 1] === '--setup');
  if (name === undefined || split === args.length - 1 || options.length !== setup.length * 2) {
    console.error('usage: capture-fixture NAME [--setup COMMAND]... -- COMMAND...');
    process.exit(2);
  }
  capture(`${name}.json`, setup, args.slice(split + 1).join(' '));
}

function capture(file, setup, command) {
  const log = join(tmpdir(), `capture-fixture-${process.pid}.strace`);
  const trace = `strace -f -o ${log} -e trace=socket,sendto,sendmsg,recvfrom,recvmsg -e read=all -e write=all`;
  const script = ['set -e', 'mount -t tmpfs tmpfs /run', 'mkdir /run/netns', ...setup, `${trace} ${command}`].join(
    '\n',
  );
  const { stderr } = spawnSync('unshare', ['-mn', 'sh', '-c', script], { encoding: 'utf8' });
  if (stderr !== '') console.error(`${file}: ${stderr.trim()}`);
  const path = join(folder, file);
  if (!existsSync(log)) {
    if (!existsSync(path)) throw new Error(`${file}: nothing was traced`);
    console.log(`${file}: kept, this kernel cannot do what comes before`);
    return;
  }
  const everything = parseTrace(readFileSync(log, 'utf8'));
  // nft asks for the names of devices as well: that is another story.
  const subject = everything.find(({ protocol }) => protocol !== 0)?.protocol ?? 0;
  const datagrams = everything.filter(({ protocol }) => protocol === subject);
  rmSync(log);

  let request;
  const generic = new codec.GenericNumbers();
  const messages = datagrams.flatMap(({ direction, protocol, bytes }) =>
    codec.splitDatagram(bytes).map((message) => {
      const whole = bytes.slice(message.origin, message.end);
      if (protocol === codec.protocols.NETLINK_GENERIC) generic.settle(whole);
      if (direction === 'sent') request = whole;
      const { decoded, reencoded } = codec.recode(
        whole,
        direction,
        protocol,
        direction === 'sent' ? undefined : request,
      );
      const hex = codec.toHex(whole);
      const again = reencoded === undefined ? hex : codec.toHex(reencoded);
      return {
        direction,
        ...(protocol !== 0 && { protocol }),
        hex,
        ...(again !== hex && { reencoded: again }),
        decoded: codec.plain(decoded),
      };
    }),
  );
  if (existsSync(path) && !isUnsupported(JSON.parse(readFileSync(path, 'utf8')).messages) && isUnsupported(messages)) {
    console.log(`${file}: kept, this kernel cannot do it`);
    return;
  }
  const kernel = execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim();
  const tool = versionOf(command.split(' ')[0]);
  writeFileSync(path, `${JSON.stringify({ command, setup, kernel, tool, messages }, null, 1)}\n`);
  console.log(`${file}: ${messages.length} messages`);
}

function versionOf(tool) {
  const { stdout, stderr } = spawnSync(tool, ['-V'], { encoding: 'utf8' });
  return (stdout || stderr).split('\n', 1)[0];
}

/** Whether the kernel answered EOPNOTSUPP. */
function isUnsupported(messages) {
  return messages.some(({ decoded }) => decoded?.errno === 95);
}

/** The buffers of each call from strace's hexadecimal dumps. A peek repeats what the next call receives: left out. */
function parseTrace(log) {
  const datagrams = [];
  const protocols = new Map();
  let current;
  for (const line of log.split('\n')) {
    const socket = /^\d+ +socket\(AF_NETLINK, .*, (NETLINK_\w+)\) = (\d+)/.exec(line);
    if (socket !== null) protocols.set(socket[2], codec.protocols[socket[1]]);
    const call = /^\d+ +(sendto|sendmsg|recvfrom|recvmsg)\((\d+)/.exec(line);
    const dump = /^ \| [0-9a-f]+ {2}([0-9a-f ]{48})/.exec(line);
    if (call !== null) {
      const wanted = line.includes('nlmsg_len') && !line.includes('MSG_PEEK');
      current = wanted
        ? {
            direction: call[1].startsWith('send') ? 'sent' : 'received',
            protocol: protocols.get(call[2]) ?? 0,
            hex: '',
          }
        : undefined;
      if (current !== undefined) datagrams.push(current);
    } else if (dump !== null && current !== undefined) current.hex += dump[1].replaceAll(' ', '');
  }
  return datagrams.map(({ direction, protocol, hex }) => {
    const bytes = codec.fromHex(hex);
    // ip sends its whole buffer; the kernel reads as much as the header says. A batch of nft is many messages.
    const length =
      direction === 'sent' && protocol === 0 ? new DataView(bytes.buffer).getUint32(0, true) : bytes.length;
    return { direction, protocol, bytes: bytes.slice(0, length) };
  });
}

/** Node cannot import the TypeScript sources, so they are bundled for the occasion. */
async function loadCodec() {
  const contents = `
    export { splitDatagram } from './packages/netns/src/netlink/header.ts';
    export { plain, toHex, fromHex } from './packages/netns/test/codec/fixture.ts';
    export * as protocols from './packages/netns/src/netlink/protocols.ts';
    export { GenericNumbers } from './packages/netns/test/codec/generic.ts';
    export { recode } from './packages/netns/test/codec/recode.ts';`;
  const outfile = join(tmpdir(), `capture-fixture-${process.pid}.mjs`);
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    outfile,
    format: 'esm',
    target: 'node20',
  });
  try {
    return await import(outfile);
  } finally {
    rmSync(outfile);
  }
}
