/**
 * The types of libnftables' JSON, as libnftables-json(5) describes them and `nft -j` reads and writes them. Numbers that a double does
 * not hold exactly are bigints.
 */

type Count = number | bigint;

/** A value. A string may also be `@NAME`, a set, or `*`, any other value. */
export type Immediate = string | number | bigint | boolean;

/** What is compared, looked up, computed with or written. */
export type Expression =
  | Immediate
  | readonly Expression[]
  | { readonly concat: readonly Expression[] }
  | { readonly set: Expression | readonly SetItem[] }
  | { readonly map: { readonly key: Expression; readonly data: Expression } }
  | { readonly prefix: { readonly addr: Expression; readonly len: number } }
  | { readonly range: readonly [Expression, Expression] }
  | { readonly payload: PayloadReference }
  | { readonly exthdr: OptionReference & { readonly offset?: number } }
  | {
      readonly 'tcp option': OptionReference | { readonly base: number; readonly offset: number; readonly len: number };
    }
  | { readonly 'ip option': OptionReference }
  | { readonly 'sctp chunk': OptionReference }
  | { readonly meta: { readonly key: string } }
  | { readonly rt: { readonly key: string; readonly family?: 'ip' | 'ip6' } }
  | { readonly ct: { readonly key: string; readonly family?: 'ip' | 'ip6'; readonly dir?: 'original' | 'reply' } }
  | { readonly numgen: { readonly mode: 'inc' | 'random'; readonly mod: number; readonly offset?: number } }
  | {
      readonly jhash: {
        readonly mod: number;
        readonly offset?: number;
        readonly expr: Expression;
        readonly seed?: number;
      };
    }
  | { readonly symhash: { readonly mod: number; readonly offset?: number } }
  | { readonly fib: { readonly result: string; readonly flags: OneOrMore<string> } }
  | { readonly '|': readonly [Expression, Expression] }
  | { readonly '^': readonly [Expression, Expression] }
  | { readonly '&': readonly [Expression, Expression] }
  | { readonly '<<': readonly [Expression, Expression] }
  | { readonly '>>': readonly [Expression, Expression] }
  | Verdict
  | { readonly elem: ElementExpression }
  | { readonly socket: { readonly key: string; readonly level?: number } }
  | { readonly osf: { readonly key: 'name' | 'version'; readonly ttl?: 'loose' | 'skip' } }
  | {
      readonly ipsec: {
        readonly key: 'saddr' | 'daddr' | 'spi' | 'reqid';
        readonly family?: 'ip' | 'ip6';
        readonly dir: 'in' | 'out';
        readonly spnum?: number;
      };
    };

/** An item of an anonymous set: a value, or for a map two expressions, key and value. */
export type SetItem = Expression | readonly [Expression, Expression];

export type OneOrMore<T> = T | readonly T[];

export type PayloadReference =
  | { readonly protocol: string; readonly field: string }
  | { readonly base: 'll' | 'nh' | 'th' | 'ih'; readonly offset: number; readonly len: number };

/** Without `field`: whether it is there. */
export interface OptionReference {
  readonly name: string;
  readonly field?: string;
}

/** One element with what belongs to it. Times in seconds. */
export interface ElementExpression {
  readonly val: Expression;
  readonly timeout?: number;
  readonly expires?: number;
  readonly comment?: string;
  readonly counter?: CounterStatement | null;
  readonly limit?: LimitStatement;
  readonly quota?: QuotaStatement;
  readonly 'ct count'?: CtCountStatement;
}

export type Verdict =
  | { readonly accept: null }
  | { readonly drop: null }
  | { readonly continue: null }
  | { readonly return: null }
  | { readonly jump: { readonly target: string } }
  | { readonly goto: { readonly target: string } };

/** How a match compares. `in`: any of these bits; `!`: none of them. */
export type MatchOperator = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in' | '!';

export interface CounterStatement {
  readonly packets?: Count;
  readonly bytes?: Count;
}

export interface LimitStatement {
  readonly rate: Count;
  readonly rate_unit?: string;
  readonly per?: string;
  readonly burst?: Count;
  readonly burst_unit?: string;
  readonly inv?: boolean;
}

export interface QuotaStatement {
  readonly val: Count;
  readonly val_unit?: string;
  readonly used?: Count;
  readonly used_unit?: string;
  readonly inv?: boolean;
}

export interface CtCountStatement {
  readonly val: number;
  readonly inv?: boolean;
}

export interface NatStatement {
  readonly family?: 'ip' | 'ip6';
  readonly addr?: Expression;
  readonly port?: Expression;
  readonly flags?: OneOrMore<string>;
  readonly type_flags?: OneOrMore<string>;
}

export interface LogStatement {
  readonly prefix?: string;
  readonly group?: number;
  readonly snaplen?: number;
  readonly 'queue-threshold'?: number;
  readonly level?: string;
  readonly flags?: OneOrMore<string>;
}

export interface SynproxyStatement {
  readonly mss?: number;
  readonly wscale?: number;
  readonly flags?: OneOrMore<string>;
}

/** A step of a rule. */
export type Statement =
  | Verdict
  | { readonly match: { readonly op?: MatchOperator; readonly left: Expression; readonly right: Expression } }
  | { readonly counter: CounterStatement | Expression | null }
  | { readonly mangle: { readonly key: Expression; readonly value: Expression } }
  | { readonly quota: QuotaStatement | Expression }
  | { readonly limit: LimitStatement | Expression }
  | { readonly fwd: { readonly dev: Expression; readonly family?: 'ip' | 'ip6'; readonly addr?: Expression } }
  | { readonly notrack: null }
  | { readonly dup: { readonly addr: Expression; readonly dev?: Expression } }
  | { readonly snat: NatStatement }
  | { readonly dnat: NatStatement }
  | { readonly masquerade: Pick<NatStatement, 'port' | 'flags'> | null }
  | { readonly redirect: Pick<NatStatement, 'port' | 'flags'> | null }
  | { readonly reject: { readonly type?: string; readonly expr?: Expression } | null }
  | { readonly reset: Expression }
  | { readonly set: SetStatement }
  | { readonly map: MapStatement }
  | { readonly meter: MeterStatement }
  | { readonly log: LogStatement | null }
  | { readonly 'ct helper': Expression }
  | { readonly 'ct timeout': Expression }
  | { readonly 'ct expectation': Expression }
  | { readonly queue: { readonly num?: Expression; readonly flags?: OneOrMore<string> } | null }
  | { readonly vmap: { readonly key: Expression; readonly data: Expression } }
  | { readonly 'ct count': CtCountStatement }
  | { readonly tproxy: { readonly family?: 'ip' | 'ip6'; readonly addr?: Expression; readonly port?: Expression } }
  | { readonly synproxy: SynproxyStatement | Expression | null }
  | { readonly secmark: Expression }
  | { readonly flow: { readonly op: 'add'; readonly flowtable: string } }
  | { readonly last: { readonly used?: Count } | null }
  | { readonly xt: { readonly type: string; readonly name: string } | null }
  | { readonly unknown: UnknownStatement };

/** Adds to a set, renews an element of it, or takes one out. */
export interface SetStatement {
  readonly op: 'add' | 'update' | 'delete';
  readonly elem: Expression;
  readonly set: string;
  readonly stmt?: readonly Statement[];
}

export interface MapStatement {
  readonly op: 'add' | 'update' | 'delete';
  readonly elem: Expression;
  readonly data: Expression;
  readonly map: string;
  readonly stmt?: readonly Statement[];
}

export interface MeterStatement {
  readonly name: string;
  readonly key: Expression;
  readonly size?: number;
  readonly stmt: Statement;
}

/**
 * What the schema has no words for. `expressions` are the kernel's, each with its `kind` and its attributes (bytes as `0x…`), and are written
 * back unchanged. Nothing but netns has this.
 */
export interface UnknownStatement {
  readonly reason: string;
  readonly expressions: readonly unknown[];
  /** The anonymous sets that they look into. */
  readonly sets?: readonly { readonly set: unknown; readonly elements: readonly unknown[] }[];
  /** What an extension of iptables wants to know of its rule. */
  readonly compat?: unknown;
}

export interface Table {
  readonly family: string;
  readonly name: string;
  readonly handle?: Count;
  readonly flags?: OneOrMore<string>;
  readonly comment?: string;
}

export interface Chain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly newname?: string;
  readonly handle?: Count;
  readonly type?: string;
  readonly hook?: string;
  readonly prio?: number | string;
  readonly dev?: OneOrMore<string>;
  readonly policy?: string;
  readonly comment?: string;
}

export interface Rule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly expr?: readonly Statement[];
  readonly handle?: Count;
  readonly index?: number;
  readonly comment?: string;
}

export interface Set {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly handle?: Count;
  /** A type, several for a concatenation, or `{ typeof: ... }` for that of an expression. */
  readonly type: OneOrMore<string> | { readonly typeof: Expression };
  /** How many bits each part of a key has whose type has no width (`integer`). Only netns writes it. */
  readonly width?: readonly number[];
  /** The expression whose type a key has, which `nft` lists in the place of the type. Only netns writes it. */
  readonly typeof?: Expression | { readonly unknown: unknown };
  readonly comment?: string;
  readonly policy?: string;
  readonly flags?: OneOrMore<string>;
  readonly elem?: Expression | readonly SetItem[];
  readonly timeout?: number;
  readonly 'gc-interval'?: number;
  readonly size?: number;
  readonly stmt?: readonly Statement[];
  readonly 'auto-merge'?: boolean;
}

export interface Map extends Set {
  /** The type of the values, `verdict`, or the kind of objects. */
  readonly map: OneOrMore<string>;
  /** The same of the values. */
  readonly 'map-width'?: readonly number[];
  readonly 'map-typeof'?: Expression | { readonly unknown: unknown };
}

export interface Element {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly elem: Expression | readonly SetItem[];
}

export interface Flowtable {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly handle?: Count;
  readonly hook?: string;
  readonly prio?: number | string;
  readonly dev?: OneOrMore<string>;
  readonly flags?: OneOrMore<string>;
}

interface Named {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly handle?: Count;
  readonly comment?: string;
}

export interface Counter extends Named, CounterStatement {}

export interface Quota extends Named {
  readonly bytes?: Count;
  readonly used?: Count;
  readonly inv?: boolean;
}

export interface Limit extends Named {
  readonly rate?: Count;
  readonly per?: string;
  readonly burst?: Count;
  /** libnftables writes `rate_unit` and `burst_unit`, and reads `unit` as well. */
  readonly unit?: string;
  readonly rate_unit?: string;
  readonly burst_unit?: string;
  readonly inv?: boolean;
}

export interface CtHelper extends Named {
  readonly type?: string;
  readonly protocol?: string;
  readonly l3proto?: string;
}

export interface CtTimeout extends Named {
  readonly protocol?: string;
  readonly l3proto?: string;
  /** Seconds in each state. */
  readonly policy?: Readonly<Record<string, number>>;
}

export interface CtExpectation extends Named {
  readonly l3proto?: string;
  readonly protocol?: string;
  readonly dport?: number;
  /** In milliseconds. */
  readonly timeout?: number;
  readonly size?: number;
}

export interface Secmark extends Named {
  readonly context?: string;
}

export interface Synproxy extends Named, SynproxyStatement {}

export interface Metainfo {
  readonly version?: string;
  readonly release_name?: string;
  readonly json_schema_version?: number;
}

/** One object of a ruleset. */
export type RulesetObject =
  | { readonly metainfo: Metainfo }
  | { readonly table: Table }
  | { readonly chain: Chain }
  | { readonly rule: Rule }
  | { readonly set: Set }
  | { readonly map: Map }
  | { readonly element: Element }
  | { readonly flowtable: Flowtable }
  | { readonly counter: Counter }
  | { readonly quota: Quota }
  | { readonly limit: Limit }
  | { readonly 'ct helper': CtHelper }
  | { readonly 'ct timeout': CtTimeout }
  | { readonly 'ct expectation': CtExpectation }
  | { readonly secmark: Secmark }
  | { readonly synproxy: Synproxy };

/** A command. An object of a ruleset without one means `add`, so that what was listed can be loaded. */
export type Command =
  | RulesetObject
  | { readonly add: RulesetObject }
  | { readonly create: RulesetObject }
  | { readonly insert: { readonly rule: Rule } }
  | { readonly replace: { readonly rule: Rule } }
  | { readonly delete: RulesetObject }
  | { readonly destroy: RulesetObject }
  | { readonly flush: { readonly ruleset: null | { readonly family?: string } } | RulesetObject }
  | { readonly rename: { readonly chain: Chain } };

/** A document: what `nft -j list ruleset` writes and `nft -j -f` reads. */
export interface RulesetDocument {
  readonly nftables: readonly Command[];
}
