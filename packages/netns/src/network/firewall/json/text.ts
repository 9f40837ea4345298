import { isObject, type JsonObject } from './checked.ts';
import type { Expression, RulesetObject, Statement } from './schema.ts';

/** Words that stand in text as they are; all others are quoted. */
const bare = /^[\w.:/@-]+$/;

function quoted(text: unknown): string {
  return `"${String(text)}"`;
}

function immediate(value: unknown): string {
  if (value === true) return 'exists';
  if (value === false) return 'missing';
  const text = String(value);
  return bare.test(text) || text === '*' ? text : quoted(text);
}

function listText(value: unknown): string {
  return (Array.isArray(value) ? value : [value]).map(String).join(',');
}

/** An expression as one writes it for `nft`. */
export function expressionText(json: Expression | unknown): string {
  if (Array.isArray(json)) return json.map(expressionText).join(',');
  if (!isObject(json)) return immediate(json);
  const [kind, value] = Object.entries(json)[0] ?? ['', undefined];
  const write = Object.hasOwn(expressions, kind) ? expressions[kind] : undefined;
  return write === undefined ? `${kind} ${JSON.stringify(value, exact)}` : write(value as never);
}

function exact(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function option(name: string): (value: JsonObject) => string {
  return ({ name: which, field, base, offset, len }) =>
    base !== undefined
      ? `${name} @${base},${offset},${len}`
      : `${name} ${which}${field === undefined ? '' : ` ${field}`}`;
}

function operation(op: string): (value: readonly unknown[]) => string {
  return ([left, right]) => `${operand(left)} ${op} ${operand(right)}`;
}

function operand(json: unknown): string {
  const text = expressionText(Array.isArray(json) ? json.reduce((a, b) => ({ '|': [a, b] })) : json);
  return text.includes(' ') && isObject(json) && /^(?:[|&^]|<<|>>)$/.test(Object.keys(json)[0] ?? '')
    ? `(${text})`
    : text;
}

function setText(items: unknown): string {
  const texts = (Array.isArray(items) ? items : [items]).map((item) =>
    Array.isArray(item) ? `${expressionText(item[0])} : ${expressionText(item[1])}` : expressionText(item),
  );
  return `{ ${texts.join(', ')} }`;
}

/** How each kind of expression is written. Each gets what its key holds. */
const expressions: Readonly<Record<string, (value: never) => string>> = {
  concat: (parts: readonly unknown[]) => parts.map(expressionText).join(' . '),
  set: setText,
  map: ({ key, data }: JsonObject) => `${expressionText(key)} map ${expressionText(data)}`,
  prefix: ({ addr, len }: JsonObject) => `${expressionText(addr)}/${len}`,
  range: ([low, high]: readonly unknown[]) => `${expressionText(low)}-${expressionText(high)}`,
  payload: ({ protocol, field, base, offset, len }: JsonObject) =>
    base === undefined ? `${protocol} ${field}` : `@${base},${offset},${len}`,
  exthdr: ({ name, field }: JsonObject) => (field === undefined ? `exthdr ${name}` : `${name} ${field}`),
  'tcp option': option('tcp option'),
  'ip option': option('ip option'),
  'sctp chunk': option('sctp chunk'),
  meta: ({ key }: JsonObject) => `meta ${key}`,
  ct: ({ key, dir }: JsonObject) => `ct ${dir === undefined ? '' : `${dir} `}${key}`,
  rt: ({ key, family }: JsonObject) => `rt ${family === undefined ? '' : `${family} `}${key}`,
  socket: ({ key, level }: JsonObject) => `socket ${key}${level === undefined ? '' : ` level ${level}`}`,
  ipsec: ({ key, family, dir, spnum }: JsonObject) =>
    `ipsec ${dir} ${spnum ? `spnum ${spnum} ` : ''}${family === undefined ? '' : `${family} `}${key}`,
  osf: ({ key, ttl }: JsonObject) => `osf ${ttl === undefined ? '' : `ttl ${ttl} `}${key}`,
  fib: ({ result, flags }: JsonObject) => `fib ${listText(flags).replaceAll(',', ' . ')} ${result}`,
  numgen: ({ mode, mod, offset }: JsonObject) => `numgen ${mode} mod ${mod}${offset ? ` offset ${offset}` : ''}`,
  jhash: ({ mod, seed, offset, expr }: JsonObject) =>
    `jhash ${expressionText(expr)} mod ${mod}${seed === undefined ? '' : ` seed ${seed}`}${offset === undefined ? '' : ` offset ${offset}`}`,
  symhash: ({ mod, offset }: JsonObject) => `symhash mod ${mod}${offset === undefined ? '' : ` offset ${offset}`}`,
  '|': operation('|'),
  '&': operation('&'),
  '^': operation('^'),
  '<<': operation('<<'),
  '>>': operation('>>'),
  accept: () => 'accept',
  drop: () => 'drop',
  continue: () => 'continue',
  return: () => 'return',
  jump: ({ target }: JsonObject) => `jump ${target}`,
  goto: ({ target }: JsonObject) => `goto ${target}`,
  elem: ({ val, timeout, expires, comment, ...stateful }: JsonObject) =>
    [
      expressionText(val),
      ...Object.entries(stateful).map(([kind, value]) => statementText({ [kind]: value } as Statement)),
      ...(timeout === undefined ? [] : [`timeout ${timeout}s`]),
      ...(expires === undefined ? [] : [`expires ${expires}s`]),
      ...(comment === undefined ? [] : [`comment ${quoted(comment)}`]),
    ].join(' '),
};

/** A statement as one writes it for `nft`. */
export function statementText(statement: Statement | JsonObject): string {
  const [kind, value] = Object.entries(statement)[0] ?? ['', undefined];
  const write = Object.hasOwn(statements, kind) ? statements[kind] : undefined;
  return write === undefined ? expressionText(statement) : write(value as never);
}

function match({ op, left, right }: JsonObject): string {
  const masked = isObject(left) && Array.isArray(left['&']) && left['&'].length === 2;
  const rightText = Array.isArray(right) && masked ? operand(right) : expressionText(right);
  const operator = op === '==' && !masked ? '' : op === 'in' ? '' : `${op} `;
  return `${expressionText(left)} ${operator}${rightText}`;
}

/** A number with its words, an object by its name, or by what a map gives. */
function referring(kind: string, own: (value: JsonObject) => string): (value: unknown) => string {
  return (value) => {
    if (value === null) return kind;
    if (typeof value === 'string') return `${kind} name ${quoted(value)}`;
    return isObject(value) && 'map' in value ? `${kind} name ${expressionText(value)}` : own(value as JsonObject);
  };
}

function nat(kind: string): (value: JsonObject | null) => string {
  return (value) => {
    const { family, addr, port, flags, type_flags: prefix } = value ?? {};
    const target = `${addr === undefined ? '' : port !== undefined && family === 'ip6' ? `[${expressionText(addr)}]` : expressionText(addr)}${port === undefined ? '' : `:${expressionText(port)}`}`;
    return [
      kind,
      ...(family === undefined ? [] : [family]),
      ...(prefix === undefined ? [] : ['prefix']),
      ...(target === '' ? [] : [`to ${target}`]),
      ...(flags === undefined || flags === 'netmap' ? [] : [listText(flags)]),
    ].join(' ');
  };
}

function dynamic(into: 'set' | 'map'): (value: JsonObject) => string {
  return ({ op, elem, data, stmt, ...names }) => {
    const inner = [expressionText(elem), ...((stmt as Statement[] | undefined) ?? []).map(statementText)].join(' ');
    return `${op} ${names[into]} { ${inner}${into === 'map' ? ` : ${expressionText(data)}` : ''} }`;
  };
}

/** How each kind of statement is written that is not written as an expression. */
const statements: Readonly<Record<string, (value: never) => string>> = {
  match,
  counter: referring('counter', ({ packets, bytes }) => `counter packets ${packets} bytes ${bytes}`),
  limit: referring(
    'limit',
    ({ rate, per, burst, inv, rate_unit: unit, burst_unit: burstUnit }) =>
      `limit rate ${inv ? 'over ' : ''}${rate} ${unit === undefined ? '' : `${unit}`}`.trimEnd() +
      `/${per ?? 'second'}${burst ? ` burst ${burst} ${burstUnit ?? 'packets'}` : ''}`,
  ),
  quota: referring(
    'quota',
    ({ val, val_unit: unit, used, used_unit: usedUnit, inv }) =>
      `quota ${inv ? 'over ' : ''}${val} ${unit}${used === undefined ? '' : ` used ${used} ${usedUnit}`}`,
  ),
  'ct count': ({ val, inv }: JsonObject) => `ct count ${inv ? 'over ' : ''}${val}`,
  last: () => 'last',
  mangle: ({ key, value }: JsonObject) => `${expressionText(key)} set ${expressionText(value)}`,
  vmap: ({ key, data }: JsonObject) => `${expressionText(key)} vmap ${expressionText(data)}`,
  notrack: () => 'notrack',
  reject: (value: JsonObject | null) => {
    const { type, expr } = value ?? {};
    if (type === undefined) return 'reject';
    return `reject with ${type}${expr === undefined ? '' : ` ${expressionText(expr)}`}`;
  },
  log: (value: JsonObject | null) => {
    const { prefix, flags, ...rest } = value ?? {};
    return [
      'log',
      ...(prefix === undefined ? [] : [`prefix ${quoted(prefix)}`]),
      ...Object.entries(rest).map(([word, each]) => `${word} ${each}`),
      ...(flags === undefined
        ? []
        : listText(flags)
            .split(',')
            .map((flag) => `flags ${flag}`)),
    ].join(' ');
  },
  snat: nat('snat'),
  dnat: nat('dnat'),
  masquerade: nat('masquerade'),
  redirect: nat('redirect'),
  dup: ({ addr, dev }: JsonObject) =>
    `dup to ${expressionText(addr)}${dev === undefined ? '' : ` device ${expressionText(dev)}`}`,
  fwd: ({ dev, family, addr }: JsonObject) =>
    addr === undefined
      ? `fwd to ${expressionText(dev)}`
      : `fwd ${family} to ${expressionText(addr)} device ${expressionText(dev)}`,
  tproxy: nat('tproxy'),
  queue: (value: JsonObject | null) => {
    const { num, flags } = value ?? {};
    return `queue${flags === undefined ? '' : ` flags ${listText(flags)}`}${num === undefined ? '' : ` to ${expressionText(num)}`}`;
  },
  set: dynamic('set'),
  map: dynamic('map'),
  meter: ({ name, key, size, stmt }: JsonObject) =>
    `meter ${name}${size === undefined ? '' : ` size ${size}`} { ${expressionText(key)} ${statementText(stmt as Statement)} }`,
  synproxy: referring('synproxy', ({ mss, wscale, flags }) =>
    [
      'synproxy',
      ...(mss === undefined ? [] : [`mss ${mss}`]),
      ...(wscale === undefined ? [] : [`wscale ${wscale}`]),
      ...(flags === undefined ? [] : [listText(flags).replaceAll(',', ' ')]),
    ].join(' '),
  ),
  reset: (value: JsonObject) => `reset ${expressionText(value)}`,
  'ct helper': (name: unknown) => `ct helper set ${immediate(name)}`,
  'ct timeout': (name: unknown) => `ct timeout set ${immediate(name)}`,
  'ct expectation': (name: unknown) => `ct expectation set ${immediate(name)}`,
  secmark: (name: unknown) => `meta secmark set ${immediate(name)}`,
  flow: ({ flowtable }: JsonObject) => `flow add ${flowtable}`,
  unknown: ({ reason, expressions: kept }: JsonObject) =>
    `# not in nft's words (${reason}): ${(kept as readonly JsonObject[]).map(({ kind }) => kind).join(', ')}`,
};

/** A rule in one line. */
export function ruleText({
  expr = [],
  comment,
}: {
  readonly expr?: readonly Statement[];
  readonly comment?: string;
}): string {
  return [...expr.map(statementText), ...(comment === undefined ? [] : [`comment ${quoted(comment)}`])].join(' ');
}

/** A ruleset as `nft list ruleset` shows one: for people. */
export function rulesetText(objects: readonly RulesetObject[]): string {
  const lines: string[] = [];
  let open: string[] = [];
  const close = () => {
    if (open.length > 0) lines.push(...open, '}');
    open = [];
  };
  const rules = new Map<string, string[]>();
  for (const object of objects)
    if ('rule' in object) {
      const { family, table, chain } = object.rule;
      const key = `${family} ${table} ${chain}`;
      rules.set(key, [...(rules.get(key) ?? []), ruleText(object.rule)]);
    }
  for (const object of objects) {
    const [kind, value] = Object.entries(object)[0] as [string, JsonObject];
    if (kind === 'metainfo' || kind === 'rule') continue;
    if (kind === 'table') {
      close();
      open.push(`table ${value.family} ${value.name} {`);
      if (value.flags !== undefined) open.push(`  flags ${listText(value.flags)}`);
      if (value.comment !== undefined) open.push(`  comment ${quoted(value.comment)}`);
      continue;
    }
    open.push(`  ${kind} ${value.name} {`);
    const body = kind === 'chain' ? chainLines(value, rules) : bodyLines(kind, value);
    open.push(...body.map((line) => `    ${line}`), '  }');
  }
  close();
  return lines.map((line) => `${line}\n`).join('');
}

function chainLines(chain: JsonObject, rules: ReadonlyMap<string, readonly string[]>): string[] {
  const { family, table, name, type, hook, dev, prio, policy, comment } = chain;
  const devices =
    dev === undefined ? '' : ` device${Array.isArray(dev) ? `s = { ${dev.join(', ')} }` : ` ${quoted(dev)}`}`;
  return [
    ...(hook === undefined
      ? []
      : [`type ${type} hook ${hook}${devices} priority ${prio}; policy ${policy ?? 'accept'};`]),
    ...(comment === undefined ? [] : [`comment ${quoted(comment)}`]),
    ...(rules.get(`${family} ${table} ${name}`) ?? []),
  ];
}

/** How many elements of a set are shown to people; `--json` has them all. */
const SHOWN = 1000;

const durations = new Set(['timeout', 'gc-interval']);

function bodyLines(kind: string, object: JsonObject): string[] {
  const { family: _, table: __, name: ___, handle: ____, type, map, elem, stmt, flags, comment, ...others } = object;
  const { typeof: key, 'map-typeof': value, ...rest } = others;
  const elements = elem === undefined ? [] : Array.isArray(elem) ? elem : [elem];
  const more = elements.length > SHOWN ? [`# and ${elements.length - SHOWN} more`] : [];
  const isSet = kind === 'set' || kind === 'map';
  return [
    ...(type === undefined
      ? []
      : isObject(key) && !('unknown' in key)
        ? [
            `typeof ${expressionText(key)}${map === undefined ? '' : ` : ${isWordless(value) ? map : expressionText(value)}`}`,
          ]
        : [`type ${Array.isArray(type) ? type.join(' . ') : type}${map === undefined ? '' : ` : ${map}`}`]),
    ...(flags === undefined ? [] : [`flags ${listText(flags)}`]),
    ...Object.entries(rest)
      .filter(([word, value]) => word !== 'width' && word !== 'map-width' && value !== false)
      .map(([word, value]) =>
        value === true
          ? word
          : `${word} ${isObject(value) ? JSON.stringify(value) : value}${durations.has(word) && isSet ? 's' : ''}`,
      ),
    ...((stmt as Statement[] | undefined) ?? []).map(statementText),
    ...(comment === undefined ? [] : [`comment ${quoted(comment)}`]),
    ...(elements.length === 0 ? [] : [`elements = ${setText(elements.slice(0, SHOWN))}`]),
    ...more,
  ];
}

/** Whether there is no expression, or none that is known. */
function isWordless(value: unknown): boolean {
  return !isObject(value) || 'unknown' in value;
}
