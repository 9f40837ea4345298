import { lookup, Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type Answer, decode } from 'dns-packet';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { AT_FDCWD, MNT_DETACH } from '../../src/native/constants.ts';
import { syscall } from '../../src/native/syscall.ts';
import { lively } from './support/lively.ts';
import { type NameServer, nameServer, type Reply } from './support/name-server.ts';
import { shape } from './support/net-scenarios.ts';

/** An answer to a question, with one record of type A (and this class) whose length and bytes are as given. */
const record = (length: number, bytes: readonly number[], network = 1) => {
  const fixed = Buffer.from([0xc0, 12, 0, 1, 0, network, 0, 0, 0, 5, length >> 8, length & 255, ...bytes]);
  return (question: Buffer) => {
    const { name = '' } = decode(question).questions?.[0] ?? {};
    const message = Buffer.concat([question.subarray(0, 12 + name.length + 2 + 4), fixed]);
    message[2] = 0x80 | (message[2] ?? 0);
    message.set([0, 1, 0, 0, 0, 0], 6); // one answer, and nothing behind it
    return message;
  };
};

/** What the server in these tests knows. */
const zone: Readonly<Record<string, Reply>> = {
  'both.test A': [{ type: 'A', name: 'both.test', ttl: 60, data: '127.0.0.1' }],
  'both.test AAAA': [{ type: 'AAAA', name: 'both.test', ttl: 61, data: '::1' }],
  'alias.test A': [
    { type: 'CNAME', name: 'alias.test', ttl: 5, data: 'both.test' },
    { type: 'A', name: 'both.test', ttl: 60, data: '127.0.0.1' },
  ],
  'alias.test CNAME': [{ type: 'CNAME', name: 'alias.test', ttl: 5, data: 'both.test' }],
  'empty.test A': [],
  'whole.test A': record(4, [192, 0, 2, 1]),
  'short.test A': record(3, [1, 2, 3]),
  'beyond.test A': record(0xffff, [1, 2]),
  'chaos.test A': record(4, [1, 2, 3, 4], 3),
  'hang-up.test A': 'hang-up',
  'broken.test A': 'SERVFAIL',
  'refused.test A': 'REFUSED',
  'big.test TXT': Array.from(
    { length: 40 },
    (_, i): Answer => ({ type: 'TXT', name: 'big.test', ttl: 1, data: [`text ${i} ${'x'.repeat(40)}`] }),
  ),
  'mail.test MX': [{ type: 'MX', name: 'mail.test', ttl: 1, data: { preference: 10, exchange: 'mx.mail.test' } }],
  '_http._tcp.test SRV': [
    { type: 'SRV', name: '_http._tcp.test', ttl: 1, data: { port: 80, target: 'web.test', priority: 1, weight: 2 } },
  ],
  'soa.test SOA': [
    {
      type: 'SOA',
      name: 'soa.test',
      ttl: 1,
      data: { mname: 'ns.test', rname: 'root.test', serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
    },
  ],
  'ns.test NS': [{ type: 'NS', name: 'ns.test', ttl: 1, data: 'a.ns.test' }],
  'naptr.test NAPTR': [
    {
      type: 'NAPTR',
      name: 'naptr.test',
      ttl: 1,
      data: { order: 1, preference: 2, flags: 's', services: 'SIP+D2U', regexp: '!a!b!', replacement: 'sip.test' },
    },
  ],
  'text.test TXT': [
    { type: 'TXT', name: 'text.test', ttl: 1, data: ['one', 'two'] },
    { type: 'TXT', name: 'text.test', ttl: 1, data: ['other'] },
  ],
  'any.test ANY': [
    { type: 'A', name: 'any.test', ttl: 7, data: '192.0.2.1' },
    { type: 'AAAA', name: 'any.test', ttl: 8, data: '2001:db8::1' },
    { type: 'MX', name: 'any.test', ttl: 1, data: { preference: 10, exchange: 'mx.test' } },
    { type: 'TXT', name: 'any.test', ttl: 1, data: ['text'] },
    { type: 'PTR', name: 'any.test', ttl: 1, data: 'pointer.test' },
    { type: 'NS', name: 'any.test', ttl: 1, data: 'ns.test' },
  ],
  'tlsa.test TLSA': [
    {
      type: 'TLSA',
      name: 'tlsa.test',
      ttl: 1,
      data: { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.from([1, 2, 3, 4]) },
    } as unknown as Answer,
  ],
  'caa.test CAA': [{ type: 'CAA', name: 'caa.test', ttl: 1, data: { flags: 0, tag: 'issue', value: 'ca.test' } }],
  '1.2.0.192.in-addr.arpa PTR': [{ type: 'PTR', name: '1.2.0.192.in-addr.arpa', ttl: 1, data: 'one.test' }],
  'short.search.test A': [{ type: 'A', name: 'short.search.test', ttl: 1, data: '10.1.1.1' }],
  'a.b A': [{ type: 'A', name: 'a.b', ttl: 1, data: '10.1.1.2' }],
  'xn--bcher-kva.test A': [{ type: 'A', name: 'xn--bcher-kva.test', ttl: 1, data: '10.1.1.3' }],
};

const known = (name: string, type: string): Reply => zone[`${name.toLowerCase()} ${type}`] ?? 'NXDOMAIN';

const failed = (promise: Promise<unknown>) => promise.then(() => 'nothing', shape);

/** Node's resolver, c-ares, waits for another answer behind a damaged one before 1.34 (Node 20.18 has 1.33). */
const tellsOfDamage = !/^1\.(?:\d|[12]\d|3[0-3])\./.test(process.versions.ares);

/** What Node's own resolver and ours are asked; the answers must be the same. */
const asked: Readonly<Record<string, (resolver: Resolver) => Promise<unknown>>> = {
  'IPv4 addresses': (resolver) => resolver.resolve4('both.test'),
  'IPv4 addresses with lifetimes': (resolver) => resolver.resolve4('both.test', { ttl: true }),
  'IPv6 addresses': (resolver) => resolver.resolve6('both.test'),
  'IPv6 addresses with lifetimes': (resolver) => resolver.resolve6('both.test', { ttl: true }),
  'addresses behind an alias': (resolver) => resolver.resolve4('alias.test'),
  'any record by its type': (resolver) => resolver.resolve('mail.test', 'MX'),
  'an alias': (resolver) => resolver.resolveCname('alias.test'),
  'mail servers': (resolver) => resolver.resolveMx('mail.test'),
  'a service': (resolver) => resolver.resolveSrv('_http._tcp.test'),
  'an authority': (resolver) => resolver.resolveSoa('soa.test'),
  'name servers': (resolver) => resolver.resolveNs('ns.test'),
  'rules of rewriting': (resolver) => resolver.resolveNaptr('naptr.test'),
  'text in pieces': (resolver) => resolver.resolveTxt('text.test'),
  'a pointer': (resolver) => resolver.resolvePtr('1.2.0.192.in-addr.arpa'),
  everything: (resolver) => resolver.resolveAny('any.test'),
  'everything by its type': (resolver) => resolver.resolve('any.test', 'ANY'),
  'from an address': async (resolver) => {
    resolver.setLocalAddress('127.0.0.77');
    return [await resolver.resolve4('both.test'), await resolver.resolveTxt('big.test')];
  },
  'a policy': (resolver) => resolver.resolveCaa('caa.test'),
  'more text than a datagram holds': (resolver) => resolver.resolveTxt('big.test'),
  'names of an address': (resolver) => resolver.reverse('192.0.2.1'),
  'an international name': (resolver) => resolver.resolve4('bücher.test'),
  'no such name': (resolver) => failed(resolver.resolve4('nothing.test')),
  'no such record': (resolver) => failed(resolver.resolve4('empty.test')),
  'a record by its bytes': (resolver) => resolver.resolve4('whole.test'),
  ...(tellsOfDamage && {
    'a record that is too short': (resolver) => failed(resolver.resolve4('short.test')),
    'a record that goes beyond the answer': (resolver) => failed(resolver.resolve4('beyond.test')),
  }),
  'a record of another network than the Internet': (resolver) => failed(resolver.resolve4('chaos.test')),
  'lifetimes behind an alias': (resolver) => resolver.resolve4('alias.test', { ttl: true }),
  'a server that closes the connection': (resolver) => failed(resolver.resolve4('hang-up.test')),
  'a broken server': (resolver) => failed(resolver.resolve4('broken.test')),
  'a refusing server': (resolver) => failed(resolver.resolve4('refused.test')),
  'no such address': (resolver) => failed(resolver.reverse('192.0.2.99')),
  'the servers': async (resolver) => {
    resolver.setServers(['127.0.0.1', '[::1]:5353', '192.0.2.1:5300', '2001:db8::1']);
    return resolver.getServers();
  },
};

/** Newer releases of Node repeat the type that was asked for in each record. */
function withoutType(records: unknown): unknown {
  if (!Array.isArray(records)) return records;
  return records.map((record) => {
    if (typeof record !== 'object' || Array.isArray(record)) return record;
    const { type, ...rest } = record;
    return rest;
  });
}

describe('as dns.promises.Resolver', () => {
  it.each(Object.keys(asked))('%s', async (name) => {
    const ask = asked[name] as (typeof asked)[string];
    using ns = await lively();
    using host = NetworkNamespace.open({ pid: process.pid });
    await host.network.links.set('lo', { up: true });
    const node = new Resolver({ timeout: 2000, tries: 1 });
    node.setServers(['127.0.0.1']);
    const outside = await nameServer(host, '127.0.0.1', known);
    const answer = await ask(node);
    const expected = name.startsWith('everything') ? answer : withoutType(answer);
    outside.close();
    const inside = await nameServer(ns, '127.0.0.1', known);
    const ours = ns.resolver({ servers: ['127.0.0.1'], timeout: 2000, tries: 1 });
    expect(await ask(ours as unknown as Resolver)).toEqual(expected);
    inside.close();
  });
});

/** `/etc` as these tests want it, for their duration only: they have a mount namespace of their own. */
function fakeEtc(files: Readonly<Record<string, string>>): void {
  if (syscall('mount', 'tmpfs', '/etc', 'tmpfs', 0, null) < 0) throw new Error('cannot mount a tmpfs on /etc');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(`/etc/${name}`.replace(/\/[^/]*$/, ''), { recursive: true });
    writeFileSync(`/etc/${name}`, text);
  }
}

it('finds certificates, as newer Nodes do, and asks from the address that it is told', async () => {
  using ns = await lively();
  const server = await nameServer(ns, '127.0.0.1', known);
  const resolver = ns.resolver({ servers: ['127.0.0.1'] });
  const [record] = await resolver.resolveTlsa('tlsa.test');
  expect({ ...record, data: [...new Uint8Array(record?.data ?? [])] }).toEqual({
    ...{ certUsage: 3, selector: 1, match: 1, data: [1, 2, 3, 4] },
  });
  for (const wrong of [['x'], ['127.0.0.1', '127.0.0.2'], ['127.0.0.1', '']] as [string, string?][])
    expect(() => resolver.setLocalAddress(...wrong)).toThrow('invalid local address');
  resolver.setLocalAddress('127.0.0.77', '::1');
  await resolver.resolve4('both.test');
  await resolver.resolveTxt('big.test');
  expect(server.askers).toEqual(new Set(['udp 127.0.0.1', 'udp 127.0.0.77', 'tcp 127.0.0.77']));
  resolver.setLocalAddress('192.0.2.1');
  await expect(resolver.resolve4('both.test')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  server.close();
});

describe('by the files of the namespace', () => {
  beforeEach(() =>
    fakeEtc({
      'resolv.conf': 'nameserver 127.0.0.2\n',
      hosts: '127.0.0.1 localhost process-only\n',
      'netns/named/resolv.conf': 'nameserver 127.0.0.3\nsearch search.test other.test\noptions ndots:2 timeout:1\n',
      'netns/named/hosts': '10.9.9.9 listed Listed-Too # a comment\nfd00::9 listed\n',
    }),
  );
  afterEach(() => {
    syscall('umount2', '/etc', MNT_DETACH);
    expect(AT_FDCWD).toBeLessThan(0);
  });

  it('uses those of /etc/netns/NAME, and those of /etc where there are none', async () => {
    using named = NetworkNamespace.createNamed('named');
    using nameless = NetworkNamespace.create();
    expect(named.resolver().getServers()).toEqual(['127.0.0.3']);
    expect(nameless.resolver().getServers()).toEqual(['127.0.0.2']);
    rmSync('/etc/netns/named/resolv.conf');
    expect(named.resolver().getServers()).toEqual(['127.0.0.2']);
    expect(await named.resolver().lookup('listed', { all: true })).toEqual([
      { address: 'fd00::9', family: 6 }, // as getaddrinfo sorts them, whatever stands first
      { address: '10.9.9.9', family: 4 },
    ]);
    expect(await named.resolver().lookup('listed-too.')).toEqual({ address: '10.9.9.9', family: 4 });
    expect(await named.resolver().reverse('10.9.9.9')).toEqual(['listed', 'listed-too']);
    await expect(named.resolver({ servers: ['127.0.0.1:1'] }).lookup('process-only')).rejects.toThrow('EAI_AGAIN');
    NetworkNamespace.removeName('named');
  });

  it('searches by the domains and dots of the file, and says what cannot be found', async () => {
    using named = NetworkNamespace.createNamed('named');
    await named.network.links.set('lo', { up: true });
    const server = await nameServer(named, '127.0.0.3', known);
    const resolver = named.resolver();
    expect(await resolver.lookup('short')).toEqual({ address: '10.1.1.1', family: 4 });
    expect(await resolver.lookup('a.b', { family: 4, all: true })).toEqual([{ address: '10.1.1.2', family: 4 }]);
    expect(server.questions.filter((question) => question.endsWith(' A'))).toEqual(
      ['short.search.test', 'a.b.search.test', 'a.b.other.test', 'a.b'].map((name) => `udp ${name} A`),
    );
    expect(shape(await resolver.lookup('gone').catch((error) => error))).toMatchObject({
      message: 'getaddrinfo ENOTFOUND gone',
      code: 'ENOTFOUND',
      errno: -3008,
      hostname: 'gone',
    });
    server.close();
    await expect(resolver.lookup('short')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
    NetworkNamespace.removeName('named');
  });

  it('serves everything that connects by name: net, http, fetch, dgram, tls', async () => {
    using named = NetworkNamespace.createNamed('named');
    await named.network.links.set('lo', { up: true });
    const server = await nameServer(named, '127.0.0.3', known);
    const web = named.http.createServer((request, response) => response.end(request.headers.host));
    web.listen(80, 'both.test'); // a name that only those inside know
    await once(web, 'listening');
    expect(await (await named.fetch('http://both.test/')).text()).toBe('both.test');
    const socket = named.net.connect(80, 'both.test');
    await once(socket, 'connect');
    expect(socket.remoteAddress).toBe('::1');
    socket.destroy();
    const [error] = await once(named.net.connect(80, 'gone.test'), 'error');
    expect(error).toMatchObject({ code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'gone.test' });
    const receiver = named.dgram.createSocket('udp4').bind(9000);
    const sender = named.dgram.createSocket('udp4');
    sender.send('by name', 9000, 'both.test');
    expect(String((await once(receiver, 'message'))[0])).toBe('by name');
    for (const each of [sender, receiver, web, server]) each.close();
    NetworkNamespace.removeName('named');
  });

  it('reads the files of a mount namespace', async () => {
    using ns = NetworkNamespace.create();
    const child = ns.spawn('sh', [
      '-c',
      'echo nameserver 192.0.2.7 > /tmp/.conf; mount --bind /tmp/.conf /etc/resolv.conf; echo; cat',
    ]);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    expect(ns.resolver({ mount: { pid: child.pid as number } }).getServers()).toEqual(['192.0.2.7']);
    expect(ns.resolver().getServers()).toEqual(['127.0.0.2']);
    child.stdin?.end();
    await once(child, 'close');
    rmSync('/tmp/.conf');
  });

  it('reads no file of a mount namespace that has no end', async () => {
    using ns = NetworkNamespace.create();
    for (const make of ['mkfifo $0', 'ln -s /dev/zero $0', 'truncate -s 1T $0', 'mkdir $0', 'ln -s $0 $0']) {
      const child = ns.spawn('sh', ['-c', `cd /etc; mount -t tmpfs none /etc; ${make}; echo; cat`, '/etc/resolv.conf']);
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      expect(ns.resolver({ mount: { pid: child.pid as number } }).getServers()).toEqual(['127.0.0.1']);
      child.stdin?.end();
      await once(child, 'close');
    }
  });
});

describe('a lookup', () => {
  it('asks no further domain where nobody answers, and for the name itself', async () => {
    using ns = await lively();
    const server = await nameServer(ns, '127.0.0.3', () => 'silence');
    fakeEtc({
      'resolv.conf': 'nameserver 127.0.0.3\nsearch one.test two.test\noptions timeout:1 attempts:1 no-aaaa\n',
      hosts: '',
    });
    try {
      await expect(ns.resolver({ timeout: 30 }).lookup('host')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
      expect(server.questions).toEqual(['udp host.one.test A', 'udp host A']);
    } finally {
      syscall('umount2', '/etc', MNT_DETACH);
      server.close();
    }
  });

  it('takes what getaddrinfo takes for an address, and a number for the family', async () => {
    using ns = NetworkNamespace.create();
    const resolver = ns.resolver({ servers: ['127.0.0.1'] });
    for (const text of ['127.1', '0x7f.1', '2130706433', 'localhost'])
      expect(await resolver.lookup(text, 4)).toEqual(await lookup(text, 4));
    expect(await resolver.lookup('localhost', null)).toEqual(await resolver.lookup('localhost'));
    expect(await resolver.lookup('localhost', { family: 'IPv4' })).toMatchObject({ family: 4 });
    await expect(resolver.lookup('localhost', 5)).rejects.toThrow('invalid family 5');
    await expect(resolver.lookup('localhost', { order: 'x' as never })).rejects.toThrow('invalid order "x"');
  });
});

describe('what resolv.conf says', () => {
  const asking = async (ns: NetworkNamespace, options: string, work: (servers: NameServer[]) => Promise<void>) => {
    const servers = await Promise.all(['127.0.0.2', '127.0.0.3'].map((address) => nameServer(ns, address, known)));
    fakeEtc({ 'resolv.conf': `nameserver 127.0.0.2\nnameserver 127.0.0.3\noptions ${options}\n`, hosts: '' });
    try {
      await work(servers);
    } finally {
      syscall('umount2', '/etc', MNT_DETACH);
      for (const server of servers) server.close();
    }
  };
  const questions = (servers: NameServer[]) => servers.map((server) => server.questions.splice(0));

  it('of turns, of TCP, and of IPv6 is done', async () => {
    using ns = await lively();
    await asking(ns, 'rotate', async (servers) => {
      const resolver = ns.resolver();
      for (const _ of [1, 2, 3]) await resolver.resolve4('both.test');
      expect(questions(servers).map(({ length }) => length)).toEqual([2, 1]);
    });
    await asking(ns, 'ndots:0 no-tld-query no-aaaa\nsearch search.test', async (servers) => {
      expect(await ns.resolver().lookup('short')).toEqual({ address: '10.1.1.1', family: 4 });
      expect(questions(servers)).toEqual([['udp short.search.test A'], []]);
    });
    await asking(ns, 'use-vc no-aaaa', async (servers) => {
      const resolver = ns.resolver();
      for (const _ of [1, 2]) expect(await resolver.lookup('both.test')).toEqual({ address: '127.0.0.1', family: 4 });
      expect(questions(servers)).toEqual([['tcp both.test A', 'tcp both.test A'], []]);
    });
  });

  it('of time and attempts counts, unless the program says otherwise', async () => {
    using ns = await lively();
    await asking(ns, 'timeout:7 attempts:3', async (servers) => {
      const waits = vi.spyOn(globalThis, 'setTimeout');
      const ends = vi.spyOn(globalThis, 'clearTimeout');
      try {
        await ns.resolver().resolve4('both.test');
        await ns.resolver({ timeout: 1234 }).resolve4('both.test');
        expect(waits.mock.calls.map(([, time]) => time)).toEqual([7000, 1234]);
        expect(ends.mock.calls.map(([timer]) => timer)).toEqual(waits.mock.results.map(({ value }) => value));
      } finally {
        vi.restoreAllMocks();
      }
      const broken = (tries?: number) => ns.resolver({ tries }).resolve4('broken.test');
      await expect(broken()).rejects.toMatchObject({ code: 'ESERVFAIL' });
      expect(questions(servers).map(({ length }) => length)).toEqual([5, 3]);
      await expect(broken(1)).rejects.toMatchObject({ code: 'ESERVFAIL' });
      expect(questions(servers).map(({ length }) => length)).toEqual([1, 1]);
    });
  });
});

describe('when servers misbehave', () => {
  it('asks one with a link-local address', async () => {
    using ns = await lively();
    await ns.network.links.add({ name: 'v0', kind: 'veth', peer: { name: 'v1' } });
    for (const name of ['v0', 'v1']) await ns.network.links.set(name, { up: true });
    await ns.network.addresses.add({ link: 'v0', address: 'fe80::53/64', noDad: true });
    const server = await nameServer(ns, 'fe80::53%v0', known);
    expect(await ns.resolver({ servers: ['fe80::53%v0'] }).resolve4('both.test')).toEqual(['127.0.0.1']);
    server.close();
  });

  it('asks the next one, and takes turns where the file says so', async () => {
    using ns = await lively();
    const silent = await nameServer(ns, '127.0.0.2', () => 'silence');
    const broken = await nameServer(ns, '127.0.0.3', () => 'SERVFAIL');
    const mumbling = await nameServer(ns, '127.0.0.4', () => 'nonsense');
    const good = await nameServer(ns, '127.0.0.5', known);
    const servers = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];
    const resolver = ns.resolver({ servers, timeout: 500, tries: 1 });
    expect(await resolver.resolve4('both.test')).toEqual(['127.0.0.1']);
    await expect(resolver.resolve4('nothing.test')).rejects.toMatchObject({ code: 'ENOTFOUND', syscall: 'queryA' });
    for (const server of [silent, broken, mumbling, good]) server.close();
  });

  it('gives up after the time and tries that it was given', async () => {
    using ns = await lively();
    const server = await nameServer(ns, '127.0.0.1', () => 'silence');
    const resolver = ns.resolver({ servers: ['127.0.0.1'], timeout: 40, tries: 3 });
    await expect(resolver.resolve6('both.test')).rejects.toMatchObject({
      code: 'ETIMEOUT',
      message: 'queryAaaa ETIMEOUT both.test',
    });
    expect(server.questions).toHaveLength(3);
    server.close();
    await expect(resolver.resolve4('both.test')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('takes no question for an answer, and no answer to another question', async () => {
    using ns = await lively();
    const another = (question: Buffer) => {
      const bytes = record(4, [192, 0, 2, 1])(question);
      bytes[13] = 'y'.charCodeAt(0);
      return bytes;
    };
    const late = (question: Buffer) => {
      const bytes = record(4, [192, 0, 2, 1])(question);
      bytes.writeUInt16BE(bytes.readUInt16BE() ^ 1);
      return bytes;
    };
    for (const reply of [(question: Buffer) => question, another, late]) {
      const server = await nameServer(ns, '127.0.0.1', () => reply);
      const resolver = ns.resolver({ servers: ['127.0.0.1'], timeout: 60, tries: 1 });
      await expect(resolver.resolve4('x.test')).rejects.toMatchObject({ code: 'ETIMEOUT' });
      server.close();
    }
  });

  it('can be called off', async () => {
    using ns = await lively();
    const server = await nameServer(ns, '127.0.0.1', () => 'silence');
    const resolver = ns.resolver({ servers: ['127.0.0.1'] });
    const question = expect(resolver.resolve4('both.test')).rejects.toMatchObject({ code: 'ECANCELLED' });
    setTimeout(() => resolver.cancel(), 20);
    await question;
    const early = expect(resolver.resolve4('both.test')).rejects.toMatchObject({ code: 'ECANCELLED' });
    resolver.cancel();
    await early;
    server.close();
  });

  it('refuses names and servers that cannot be', async () => {
    using ns = NetworkNamespace.create();
    for (const name of ['', '..', 'a'.repeat(64), `${'a.'.repeat(127)}aa`])
      await expect(ns.resolver({ servers: ['127.0.0.1'] }).resolve4(name)).rejects.toMatchObject({ code: 'EBADNAME' });
    for (const server of ['', 'name', '1.2.3.4.5', '[127.0.0.1]:53', '127.0.0.1:x'])
      expect(() => ns.resolver({ servers: [server] })).toThrow('it is no IP address');
    await expect(ns.resolver().resolve('a.test', 'NONSENSE')).rejects.toThrow('invalid record type');
  });
});
