import { KernelError } from '../../errors.ts';
import { type Capture, type CaptureChange, type CaptureSource, capture } from '../../inspect/capture/capture.ts';
import { writeCapture, writeCaptureTo } from '../../inspect/capture/files.ts';
import type { CapturedPacket } from '../../inspect/capture/packets-in.ts';
import { summarize } from '../../inspect/capture/summary.ts';
import { openMachineNamespace } from '../../inspect/open.ts';
import type { RunDirectoryOptions } from '../../namespaces/name-directory.ts';
import type { NamespaceRef } from '../../namespaces/reference.ts';
import { defineVerb } from '../define-verb.ts';
import { escapeControls } from '../escape.ts';
import { type Io, ReaderGone } from '../io.ts';
import { writeJson } from '../json.ts';
import { failureText, note } from '../report.ts';
import { parseSize } from '../shaping/units.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'capture',
  summary: 'capture packets of devices in any namespaces at once',
  usage: ['[NAME|PID|PATH|INODE:]DEVICE … [-w FILE] [-f FILTER]'],
  notes: [
    'Packets of all devices in the order of time, to the nanosecond, into a file that Wireshark and tcpdump read (pcapng), or as\n' +
      'a line for each. `NAME:*` are all devices of a namespace, those that come later, too. Without a name the device is one of\n' +
      'this namespace. It goes on until it is interrupted, or no device is left.',
    'A filter has the words of pcap-filter(7): `tcp port 443 and not host 192.0.2.1`. Names of hosts are not looked up.',
    'A file that is there is overwritten. With `--ring 10M:5` there are never more than five files of 10 MiB, FILE-00001 and so\n' +
      'on, of which the oldest goes. Devices see what is meant for others, too, unless `-p` is given.',
  ],
  options: {
    write: { summary: 'write pcapng into this file; `-`: to standard output', letter: 'w', value: 'FILE' },
    filter: { summary: 'only packets for which this is true', letter: 'f', value: 'FILTER' },
    ring: { summary: 'begin a new file at this size, and keep the last ones (2)', value: 'SIZE[:FILES]' },
    count: { summary: 'end after so many packets', letter: 'c', value: 'NUMBER' },
    snaplen: { summary: 'keep so many bytes of a packet', letter: 's', value: 'BYTES' },
    in: { summary: 'only what comes in' },
    out: { summary: 'only what goes out' },
    buffer: { summary: 'room for packets of each device that wait (2M)', letter: 'B', value: 'SIZE' },
    'no-promiscuous': { summary: 'leave out what is meant for others', letter: 'p' },
  },
  examples: [
    ['netns capture blue:eth0 red:eth0 -w both.pcapng', 'two namespaces in one file'],
    ["netns capture 'blue:*' -f 'tcp port 80'", 'all devices of one, a line for each packet'],
    ['netns capture blue:eth0 -w - | wireshark -k -i -', 'look at it live'],
    ['netns capture blue:eth0 -w trace.pcapng --ring 100M:10', 'at most 1000 MiB, for as long as it takes'],
  ],
  otherWords: ['tcpdump', 'sniff', 'pcap', 'packets', 'wireshark'],
  async run({ words, options, json, io }) {
    const { write: file } = options;
    if (words.length === 0) throw new UsageError('which device?');
    if (options.in && options.out) throw new UsageError('--in and --out together leave nothing');
    if (options.ring !== undefined && (file === undefined || file === '-'))
      throw new UsageError('--ring needs a file: -w FILE');
    if (file === '-' && io.stdout.isTerminal)
      throw new UsageError('packets are no text for a terminal: write them to a file or a pipe');
    const ring = options.ring === undefined ? {} : ringOf(options.ring);
    const ended = new AbortController();
    const end = () => ended.abort();
    for (const signal of endings) process.once(signal, end);
    const packets = await capture({
      ...io.names,
      from: await Promise.all(words.map((word) => sourceOf(word, io.names))),
      filter: options.filter,
      count: wholeNumber('count', options.count),
      snapLength: wholeNumber('snaplen', options.snaplen),
      bufferSize: options.buffer === undefined ? undefined : sizeOf(options.buffer),
      direction: options.in ? 'in' : options.out ? 'out' : 'both',
      promiscuous: options['no-promiscuous'] !== true,
      signal: ended.signal,
      onChange: (change) => note(io, sayChange(change)),
    });
    note(io, sayPlaces(packets));
    try {
      if (file === undefined) await tell(packets, json, io);
      else if (file === '-') await writeCaptureTo(packets, 1);
      else await writeCapture(packets, file, ring);
    } catch (error) {
      if (!(error instanceof KernelError) || !isOfFile(error)) throw error;
      if (file === '-' && error.code === 'EPIPE') throw new ReaderGone();
      note(io, error.message);
      return 1;
    } finally {
      for (const signal of endings) process.off(signal, end);
      for (const line of sayCounts(packets)) note(io, line);
    }
    if (json && file !== undefined && file !== '-') writeJson(io, { interfaces: packets.interfaces });
    return 0;
  },
});

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** More is no process id. */
const largestProcessId = 2 ** 22;

/** `blue:eth0`, `1234:eth0`, `4026532281:*`, `net:[4026532281]:eth0`, `/proc/1/ns/net:eth0`, `eth0`. */
async function sourceOf(word: string, place: RunDirectoryOptions): Promise<CaptureSource> {
  if (/\s/.test(word)) throw new UsageError(`'${word}' names no device; a filter comes behind -f`);
  const colon = word.lastIndexOf(':');
  const device = word.slice(colon + 1);
  const namespace = word.slice(0, Math.max(0, colon));
  if (device === '' || device.includes(']'))
    throw new UsageError(`'${word}' names no device: NAME:DEVICE, or NAME:* for all`);
  const all = device === '*' || device === 'any';
  return {
    ...(namespace !== '' && { namespace: await referenceOf(namespace, place), title: namespace }),
    interface: all ? '*' : device,
  };
}

async function referenceOf(word: string, place: RunDirectoryOptions): Promise<NamespaceRef> {
  const [, inKernelsWords, plain] = /^(?:net:\[(\d+)\]|(\d+))$/.exec(word) ?? [];
  const number = Number(inKernelsWords ?? plain);
  if (Number.isNaN(number)) return word;
  if (inKernelsWords === undefined && number <= largestProcessId) return { pid: number };
  const { census } = await import('../../inspect/census.ts');
  const { namespaces } = await census({ ...place, types: ['net'], relations: false });
  const found = namespaces.find(({ inode }) => inode === number);
  const opened = found && openMachineNamespace(found);
  if (opened === undefined) throw new UsageError(`there is no network namespace ${number}, or it may not be entered`);
  return opened;
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,9}$/.test(text) || Number(text) === 0)
    throw new UsageError(`--${name} is a number from 1, not '${text}'`);
  return Number(text);
}

function sizeOf(text: string): number {
  const size = parseSize(text);
  if (size === undefined || size > 2 ** 40) throw new UsageError(`'${text}' is no size: 500k, 10M, 1G`);
  return size;
}

function ringOf(text: string): { readonly fileSize: number; readonly files?: number } {
  const [size = '', files, ...rest] = text.split(':');
  if (rest.length > 0) throw new UsageError(`'${text}' is no ring: SIZE or SIZE:FILES`);
  return { fileSize: sizeOf(size), ...(files !== undefined && { files: wholeNumber('ring', files) as number }) };
}

/** That of the file, not of the capture. */
function isOfFile({ operation }: KernelError): boolean {
  return operation.startsWith('write ');
}

async function tell(packets: Capture, json: boolean, io: Io): Promise<void> {
  for await (const packet of packets) {
    const { bytes, ...rest } = packet;
    if (json) writeJson(io, { ...rest, ...summarize(packet.linkType, bytes) });
    else io.stdout.write(`${escapeControls(sayPacket(packet))}\n`);
  }
}

/** `12:00:00.000000001 blue:eth0 > TCP 10.0.0.1:40000 -> 10.0.0.2:80 [S] 0 bytes, length 74`. */
function sayPacket({ time, namespace, interface: device, direction, linkType, bytes, length }: CapturedPacket): string {
  const { protocol, source, destination, info } = summarize(linkType, bytes);
  const ends = source === undefined ? '' : ` ${source} -> ${destination}`;
  const more = info === '' ? '' : ` ${info}`;
  return `${clock(time)} ${namespace}:${device} ${direction === 'out' ? 'out' : 'in '} ${protocol}${ends}${more}, length ${length}`;
}

function clock(time: bigint): string {
  const date = new Date(Number(time / 1_000_000n));
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0'));
  return `${parts.join(':')}.${String(time % 1_000_000_000n).padStart(9, '0')}`;
}

const shownPlaces = 8;

function sayPlaces({ interfaces }: Capture): string {
  const names = interfaces.slice(0, shownPlaces).map(({ name, namespace }) => `${name} of ${namespace}`);
  const more = interfaces.length > shownPlaces ? ` and ${interfaces.length - shownPlaces} more` : '';
  return names.length === 0 ? 'waiting for devices' : `capturing on ${names.join(', ')}${more}`;
}

function sayChange({ event, interface: { name, namespace }, error }: CaptureChange): string {
  const what = { gone: 'is gone', added: 'is captured, too', refused: 'is left out' }[event];
  return `${name} of ${namespace} ${what}${error === undefined ? '' : `: ${failureText(error)}`}`;
}

/** One line for all, and one for each that lost something. */
function sayCounts({ interfaces }: Capture): string[] {
  const sum = (of: 'delivered' | 'dropped') => interfaces.reduce((total, each) => total + each[of], 0n);
  return [
    `${sum('delivered')} packets captured, ${sum('dropped')} dropped by the kernel`,
    ...interfaces
      .filter(({ dropped }) => dropped > 0n && interfaces.length > 1)
      .map(({ name, namespace, dropped, received }) => `${name} of ${namespace}: ${dropped} of ${received} dropped`),
  ];
}
