/** Numbers that look random, the same in each run. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Random = ReturnType<typeof randomNumbers>;

const macs = ['52:54:00:00:00:01', '52:54:00:00:00:02', 'ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:05', '33:33:00:00:00:01'];
const addresses4 = ['10.0.0.1', '10.0.0.2', '10.1.2.3', '192.168.1.1', '224.0.0.5', '172.16.9.9'];
const addresses6 = [
  '00000000000000000000000000000001',
  'fe800000000000005054000000000001',
  'fe800000000000005054000000000002',
  'ff020000000000000000000000000001',
  '20010db8000000000000000000000001',
];
const ports = [22, 53, 80, 443, 8080, 1000, 1001, 65535];
const carried = [6, 17, 132, 1, 58, 2, 103, 112, 51, 50, 47, 44];

const hex16 = (value: number) => value.toString(16).padStart(4, '0');
const hex8 = (value: number) => value.toString(16).padStart(2, '0');

/** A packet as networks have them, near to what the filters ask for; never shorter than 120 bytes. */
export function randomPacket(random: Random, link: 'ethernet' | 'raw'): Uint8Array {
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
  const byte = () => hex8(random(256));
  const bytes = (count: number) => Array.from({ length: count }, byte).join('');
  const mac = () => pick(macs).replaceAll(':', '');
  const ip4 = () => pick(addresses4).split('.').map(Number).map(hex8).join('');
  const transport = () =>
    `${hex16(pick(ports))}${hex16(pick(ports))}${bytes(9)}${pick(['02', '10', '12', '01', '04'])}${bytes(6)}`;

  const network4 = () => {
    const options = random(4) === 0 ? 1 + random(4) : 0;
    const fragment = pick(['0000', '4000', '2000', '2001', '0100']);
    const header = `4${(5 + options).toString(16)}00${hex16(100 + random(1000))}${bytes(2)}${fragment}40${hex8(pick(carried))}0000`;
    return `${header}${ip4()}${ip4()}${bytes(4 * options)}${transport()}`;
  };
  const network6 = () => {
    const next = pick(carried);
    const fragment = next === 44 ? `${hex8(pick(carried))}00${pick(['0000', '0001', '0100'])}${bytes(4)}` : '';
    return `6${bytes(3).slice(1)}0${hex16(200)}${hex8(next)}40${pick(addresses6)}${pick(addresses6)}${fragment}${transport()}`;
  };
  const arp = () => `00010800060400${pick(['01', '02'])}${mac()}${ip4()}${mac()}${ip4()}`;
  const networks = {
    '0800': network4,
    '86dd': network6,
    '0806': arp,
    '8035': arp,
    '88cc': () => bytes(40),
    '0040': () => bytes(40),
  };

  let hex: string;
  if (link === 'raw') hex = pick([network4, network6])();
  else {
    const tags = pick([0, 0, 0, 1, 2]);
    const tag = () => `${pick(['8100', '88a8', '9100'])}${hex16(pick([5, 6, 0x2005]))}`;
    const type = pick(['0800', '0800', '0800', '86dd', '86dd', '0806', '8035', '88cc', '0040'] as const);
    hex = `${mac()}${mac()}${Array.from({ length: tags }, tag).join('')}${type}${networks[type]()}`;
  }
  return Buffer.from(hex.padEnd(2 * (120 + random(60)), byte()), 'hex');
}
