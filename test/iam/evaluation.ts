/**
 * IAM's evaluation logic, written out from the User Guide: a second judge beside the emulator's engine, which shares no code
 * with it. test/unit/policy/evaluation.test.ts holds it to the guide's own examples.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export type Value = string | readonly string[];

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: Value;
  readonly NotAction?: Value;
  readonly Resource?: Value;
  readonly NotResource?: Value;
  readonly Principal?: '*' | Readonly<Record<string, Value>>;
  readonly NotPrincipal?: '*' | Readonly<Record<string, Value>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Document {
  readonly Version?: string;
  readonly Statement: Statement | readonly Statement[];
}

export interface Caller {
  /** Of a user, a role's session, or an account's root. */
  readonly arn: string;
  readonly account: string;
  /** The service principal, where one of AWS's services asks. */
  readonly service?: string;
}

export interface Request {
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  /** Condition keys that the request brings, in any case; those that follow from the caller are added. */
  readonly context: Readonly<Record<string, unknown>>;
  /** When it is made, for aws:CurrentTime. */
  readonly at?: Date;
}

export interface ResourcePolicy {
  readonly document: Document;
  /** Account that owns the resource. */
  readonly owner: string;
  /** Whether nobody may do anything that this policy does not allow, as with KMS's keys. */
  readonly required?: boolean;
}

export interface Policies {
  readonly identity: readonly Document[];
  /** A boundary, session policies: each must allow, too. */
  readonly limits?: readonly (readonly Document[])[];
  readonly resource?: ResourcePolicy;
}

export type Decision = 'allowed' | 'explicitly denied' | 'implicitly denied';

const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

/**
 * Decides about a request of a user or role.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function decide(request: Request, { identity, limits = [], resource }: Policies): Decision {
  const asked = new Asked(request);
  const onResource = resource ? list(resource.document.Statement).filter((one) => asked.isNamedIn(one)) : [];
  const own = list(identity).flatMap(statementsOf);
  const limiting = limits.map((layer) => layer.flatMap(statementsOf));
  const all = [...own, ...limiting.flat(), ...onResource];
  if (all.some((one) => one.Effect === 'Deny' && asked.appliesTo(one))) return 'explicitly denied';

  const allows = (statements: readonly Statement[]): boolean =>
    statements.some((one) => one.Effect === 'Allow' && asked.appliesTo(one));
  const within = limiting.every(allows);
  const byIdentity = allows(own) && within;
  const owned = resource === undefined || resource.owner === request.caller.account;
  const byResource = owned && onResource.some((one) => allows([one]) && asked.grants(one, within));
  // Another account's resource, and one whose policy is required: both have to allow it.
  const needed = resource !== undefined && (!owned || resource.required === true);
  return byResource || (byIdentity && (!needed || allows(onResource))) ? 'allowed' : 'implicitly denied';
}

/** Whether one policy alone lets the caller, or the service that asks, do it: a trust policy, a resource's for a service. */
export function lets(request: Request, document: Document): boolean {
  const asked = new Asked(request);
  const named = statementsOf(document).filter((one) => asked.isNamedIn(one));
  const applying = named.filter((one) => asked.appliesTo({ ...one, Resource: one.Resource ?? '*' }));
  return applying.some(({ Effect }) => Effect === 'Allow') && !applying.some(({ Effect }) => Effect === 'Deny');
}

const statementsOf = ({ Statement }: Document): readonly Statement[] => list(Statement);

/** A request, and what statements say about it. */
class Asked {
  private readonly keys: ReadonlyMap<string, unknown>;

  constructor(private readonly request: Request) {
    this.keys = new Map(
      Object.entries({ ...followingFrom(request), ...lowered(request.context) }).filter(
        ([, value]) => value !== undefined && value !== null,
      ),
    );
  }

  appliesTo({ Action, NotAction, Resource, NotResource, Condition = {} }: Statement): boolean {
    const { action, resource } = this.request;
    const isAction = (pattern: string): boolean => glob(pattern, { caseless: true }).test(action);
    const isResource = (pattern: string): boolean => this.matchesResource(pattern, resource);
    return (
      (NotAction === undefined ? list(Action).some(isAction) : !list(NotAction).some(isAction)) &&
      (NotResource === undefined ? list(Resource).some(isResource) : !list(NotResource).some(isResource)) &&
      Object.entries(Condition).every(([operator, wanted]) =>
        Object.entries(wanted).every(([key, values]) => this.fulfils(operator, key, list(values).map(String))),
      )
    );
  }

  /** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
  isNamedIn({ Principal, NotPrincipal }: Statement): boolean {
    const { service } = this.request.caller;
    const isIn = (principal: NonNullable<Statement['Principal']>): boolean => {
      if (principal === '*') return true;
      if (list(principal.AWS).includes('*')) return true;
      if (service !== undefined) return list(principal.Service).includes(service);
      return list(principal.AWS).some((one) => this.isCaller(one) || this.isAccount(one));
    };
    if (NotPrincipal !== undefined) return !isIn(NotPrincipal);
    return Principal !== undefined && isIn(Principal);
  }

  /** Whether a statement names no more than the caller's account: that leaves it to the policies of the caller. */
  isNamedByAccount({ Principal }: Statement): boolean {
    if (Principal === undefined || Principal === '*') return false;
    const named = list(Principal.AWS);
    return !named.includes('*') && !named.some((one) => this.isCaller(one)) && named.some((one) => this.isAccount(one));
  }

  /**
   * Whether a statement of a resource's policy, which allows it, is enough in the resource's own account. Boundaries and
   * session policies narrow what is given to a role, and not what is given to a user or to a session itself.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-identity-rdp.html
   */
  grants(statement: Statement, withinLimits: boolean): boolean {
    if (this.isNamedByAccount(statement)) return false;
    const { Principal } = statement;
    const itself = Principal !== '*' && list(Principal?.AWS).includes(this.request.caller.arn);
    return withinLimits || itself;
  }

  private isCaller(named: string): boolean {
    const { arn } = this.request.caller;
    return named === arn || named === roleOf(arn);
  }

  private isAccount(named: string): boolean {
    const { account } = this.request.caller;
    return named === account || new RegExp(`^arn:[\\w-]+:iam::${account}:root$`).test(named);
  }

  /**
   * A `*` that ends a segment of an ARN reaches over the colons behind it.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
   */
  private matchesResource(pattern: string, resource: string): boolean {
    const filled = this.filled(pattern);
    return filled !== undefined && filled.test(resource);
  }

  /**
   * A pattern with its variables filled in; undefined where one has no value.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
   */
  private filled(pattern: string, options: GlobOptions = {}): RegExp | undefined {
    let source = '';
    for (const part of pattern.split(/(\$\{[^}]*\})/)) {
      const [, name, fallback] = /^\$\{\s*([^,}]+?)\s*(?:,\s*'([^']*)'\s*)?\}$/.exec(part) ?? [];
      if (name === undefined) {
        source += globSource(part, options);
        continue;
      }
      // Written so, these stand for themselves.
      const value = ['*', '?', '$'].includes(name) ? name : (this.keys.get(name.toLowerCase()) ?? fallback);
      if (typeof value !== 'string') return undefined;
      source += escaped(value);
    }
    return new RegExp(`^${source}$`, `s${options.caseless ? 'i' : ''}`);
  }

  /** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
  private fulfils(operator: string, key: string, wanted: readonly string[]): boolean {
    const [, set = '', name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/i.exec(operator)!;
    const given = this.keys.get(key.toLowerCase());
    const test = OPERATORS[name.toLowerCase()];
    if (name.toLowerCase() === 'null') return wanted.includes(String(given === undefined || isEmpty(given)));
    if (test === undefined) throw new Error(`IAM has no operator ${operator}.`);
    const { negated = false, matches } = test;
    const one = (value: string): boolean => {
      const found = wanted.some((pattern) => matches(value, pattern, (text, options) => this.filled(text, options)));
      return negated ? !found : found;
    };
    const values = list(given as Value | undefined).map(String);
    if (set.toLowerCase() === 'forallvalues') return values.every(one);
    if (values.length === 0) return ifExists !== undefined || (negated && set === '');
    return values.some(one);
  }
}

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

interface Operator {
  /** True where no value may match; keys that are not there fulfil it. */
  readonly negated?: boolean;
  matches(value: string, wanted: string, filled: (text: string, options?: GlobOptions) => RegExp | undefined): boolean;
}

type Matches = Operator['matches'];

/** As text, with variables and without wildcards. */
const equal =
  (caseless: boolean): Matches =>
  (value, wanted, filled) =>
    filled(wanted, { literal: true, caseless })?.test(value) ?? false;
const like: Matches = (value, wanted, filled) => filled(wanted)?.test(value) ?? false;

/** Each of the six parts of an ARN by itself; ArnEquals and ArnLike are the same. */
const arnLike: Matches = (value, wanted, filled) => {
  const [parts, patterns] = [partsOf(value), partsOf(wanted)];
  return (
    parts.length === 6 &&
    patterns.length === 6 &&
    patterns.every((pattern, at) => filled(pattern)?.test(parts[at]!) ?? false)
  );
};

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

const number = (compare: (a: number, b: number) => boolean): Matches => {
  const read = (text: string): number => (text.trim() === '' ? NaN : Number(text));
  return (value, wanted) =>
    !Number.isNaN(read(value)) && !Number.isNaN(read(wanted)) && compare(read(value), read(wanted));
};
const date = (compare: (a: number, b: number) => boolean): Matches => {
  const read = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));
  return (value, wanted) =>
    !Number.isNaN(read(value)) && !Number.isNaN(read(wanted)) && compare(read(value), read(wanted));
};
const bool: Matches = (value, wanted) => value.toLowerCase() === wanted.toLowerCase();

const ipAddress: Matches = (value, wanted) => {
  const [network = '', bits = '32'] = wanted.split('/');
  const [is, of] = [ipv4(value), ipv4(network)];
  if (is === undefined || of === undefined) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(is / size) === Math.floor(of / size);
};

function ipv4(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  equals: (a, b) => a === b,
  lessthan: (a, b) => a < b,
  lessthanequals: (a, b) => a <= b,
  greaterthan: (a, b) => a > b,
  greaterthanequals: (a, b) => a >= b,
};

const OPERATORS: Readonly<Record<string, Operator>> = {
  stringequals: { matches: equal(false) },
  stringnotequals: { matches: equal(false), negated: true },
  stringequalsignorecase: { matches: equal(true) },
  stringnotequalsignorecase: { matches: equal(true), negated: true },
  stringlike: { matches: like },
  stringnotlike: { matches: like, negated: true },
  ...Object.fromEntries(
    Object.entries(COMPARISONS).flatMap(([name, compare]) => [
      [`numeric${name}`, { matches: number(compare) }],
      [`date${name}`, { matches: date(compare) }],
    ]),
  ),
  numericnotequals: { matches: number((a, b) => a === b), negated: true },
  datenotequals: { matches: date((a, b) => a === b), negated: true },
  bool: { matches: bool },
  binaryequals: { matches: (value, wanted) => value === wanted },
  ipaddress: { matches: ipAddress },
  notipaddress: { matches: ipAddress, negated: true },
  arnequals: { matches: arnLike },
  arnlike: { matches: arnLike },
  arnnotequals: { matches: arnLike, negated: true },
  arnnotlike: { matches: arnLike, negated: true },
};

interface GlobOptions {
  readonly caseless?: boolean;
  /** No wildcards. */
  readonly literal?: boolean;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const globSource = (pattern: string, { literal }: GlobOptions): string =>
  literal ? escaped(pattern) : escaped(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.');

const glob = (pattern: string, options: GlobOptions): RegExp =>
  new RegExp(`^${globSource(pattern, options)}$`, options.caseless ? 'is' : 's');

/** ARN of the role of a session; other principals are their own. */
export function roleOf(arn: string): string {
  return arn.replace(/^(arn:[\w-]+):sts::(\d+):assumed-role\/([^/]+)\/.*$/, '$1:iam::$2:role/$3');
}

function lowered(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
}

/**
 * Condition keys of all requests that follow from who asks for what.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
function followingFrom({ caller, resource, at = new Date() }: Request): Record<string, unknown> {
  const owner = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(resource)?.[1] ?? caller.account;
  return {
    'aws:currenttime': at.toISOString(),
    'aws:epochtime': String(Math.floor(at.getTime() / 1000)),
    'aws:resourceaccount': owner,
    's3:resourceaccount': owner,
    ...(caller.service === undefined && {
      'aws:principalarn': roleOf(caller.arn),
      'aws:principalaccount': caller.account,
      'aws:principaltype': typeOf(caller.arn),
    }),
  };
}

function typeOf(arn: string): string {
  if (arn.includes(':assumed-role/')) return 'AssumedRole';
  return arn.endsWith(':root') ? 'Account' : 'User';
}
