/** Requests and policies by chance: every operator, wildcards, variables, boundaries, session policies, resources' policies. */
import type { Document, Policies, Request, Statement } from './evaluation';

const ACCOUNT = '111122223333';
const OTHER = '444455556666';
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/Analyst/morning`;
const USER = `arn:aws:iam::${ACCOUNT}:user/Bob`;

const CALLERS = [
  { arn: SESSION, account: ACCOUNT },
  { arn: USER, account: ACCOUNT },
];
const ACTIONS = ['s3:GetObject', 's3:PutObject', 's3:ListBucket', 'iam:PassRole', 'sagemaker:CreateModel'];
const RESOURCES = [
  'arn:aws:s3:::data/raw/flights.csv',
  'arn:aws:s3:::data',
  'arn:aws:s3:::Data/raw/flights.csv',
  `arn:aws:iam::${ACCOUNT}:role/Train`,
  `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/mla:log-stream:a`,
  `arn:aws:sagemaker:us-east-1:${ACCOUNT}:model/Bob-model`,
  '*',
];
const ACTION_PATTERNS = [...ACTIONS, '*', 's3:*', 's3:Get*', 'S3:getobject', 's3:?utObject', '*:Create*', 'iam:pass*'];
const RESOURCE_PATTERNS = [
  ...RESOURCES,
  'arn:aws:s3:::data/*',
  'arn:aws:s3:::data*',
  'arn:aws:s3:::data/raw/flights.cs?',
  `arn:aws:iam::${ACCOUNT}:role/T*`,
  `arn:aws:logs:*:${ACCOUNT}:log-group:/mla:*`,
  `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:*`,
  'arn:aws:sagemaker:*:*:model/${aws:username}-*',
  "arn:aws:s3:::${s3:prefix, 'data'}/*",
  'arn:aws:*',
];
/** What a request may bring of each key, and what policies ask for. */
const KEYS: Readonly<
  Record<string, { given: readonly unknown[]; wanted: readonly string[]; operators: readonly string[] }>
> = {
  'aws:TagKeys': {
    given: [['a'], ['a', 'b'], ['b', 'c'], []],
    wanted: ['a', 'b', 'A', '*'],
    operators: ['String', 'StringSet'],
  },
  's3:prefix': {
    given: ['home/', 'home/Bob', '', 'a*b'],
    wanted: ['home/*', 'home/${aws:username}', 'HOME/', '', '?*', 'a${*}b'],
    operators: ['String'],
  },
  'aws:RequestTag/mla-labs:lab': { given: ['training', 'Training'], wanted: ['training', 't*'], operators: ['String'] },
  'iam:PassedToService': {
    given: ['sagemaker.amazonaws.com', 'glue.amazonaws.com'],
    wanted: ['sagemaker.amazonaws.com', '*.amazonaws.com'],
    operators: ['String'],
  },
  'aws:SourceArn': {
    given: [`arn:aws:sns:us-east-1:${ACCOUNT}:Told`, `arn:aws:events:us-east-1:${OTHER}:rule/a:b`],
    wanted: [
      `arn:aws:sns:*:${ACCOUNT}:T*`,
      'arn:aws:*:*:*:*',
      'arn:aws:sns:*',
      `arn:aws:events:us-east-1:${OTHER}:rule/*`,
      'arn:*:Told',
    ],
    operators: ['Arn'],
  },
  'aws:PrincipalArn': {
    given: [],
    wanted: [USER, SESSION, `arn:aws:iam::${ACCOUNT}:role/Analyst`, `arn:aws:iam::${ACCOUNT}:*`],
    operators: ['Arn', 'String'],
  },
  's3:max-keys': { given: ['10', '9.5'], wanted: ['10', '9', '1e1'], operators: ['Numeric'] },
  'aws:MultiFactorAuthAge': { given: ['10', '300'], wanted: ['300', '10'], operators: ['Numeric'] },
  'aws:CurrentDay': {
    given: ['2026-11-29T00:00:00Z', '1577836801'],
    wanted: ['2026-11-29T00:00:00Z', '2020-01-01T00:00:01Z', '1577836801', '2026-11-29T01:00:00+01:00'],
    operators: ['Date'],
  },
  'aws:MultiFactorAuthPresent': {
    given: ['true', 'false', true],
    wanted: ['true', 'false', 'TRUE'],
    operators: ['Bool'],
  },
  'aws:SourceIp': {
    given: ['203.0.113.7', '192.0.2.1'],
    wanted: ['203.0.113.0/24', '192.0.2.1', '0.0.0.0/0', '203.0.113.7/32'],
    operators: ['Ip'],
  },
};
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  String: [
    'StringEquals',
    'StringNotEquals',
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
    'StringLike',
    'StringNotLike',
  ],
  Arn: ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
  Numeric: ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map(
    (one) => `Numeric${one}`,
  ),
  Date: ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map(
    (one) => `Date${one}`,
  ),
  Bool: ['Bool'],
  Ip: ['IpAddress', 'NotIpAddress'],
};
const PRINCIPALS = [
  USER,
  SESSION,
  `arn:aws:iam::${ACCOUNT}:role/Analyst`,
  `arn:aws:iam::${ACCOUNT}:root`,
  ACCOUNT,
  `arn:aws:iam::${OTHER}:root`,
  `arn:aws:iam::${ACCOUNT}:user/Mary`,
];

export interface Case {
  readonly request: Request;
  readonly policies: Policies;
}

/** Makes cases of what a generator of numbers between 0 and 1 says. */
export class Cases {
  constructor(private readonly next: () => number) {}

  case(): Case {
    const caller = this.one(CALLERS);
    const limited = this.chance(0.4);
    const resource = this.chance(0.4)
      ? {
          document: this.document((statement) => ({ ...statement, ...this.principal(limited) })),
          owner: this.chance(0.7) ? ACCOUNT : OTHER,
          required: this.chance(0.2),
        }
      : undefined;
    return {
      request: { caller, action: this.one(ACTIONS), resource: this.one(RESOURCES), context: this.context(caller.arn) },
      policies: {
        identity: this.some(() => this.document()),
        limits: limited ? [[this.document()], ...(this.chance(0.3) ? [[this.document()]] : [])] : [],
        ...(resource && { resource }),
      },
    };
  }

  private context(arn: string): Record<string, unknown> {
    const found: Record<string, unknown> = { 'aws:SourceIp': this.one(KEYS['aws:SourceIp']!.given) };
    for (const [key, { given }] of Object.entries(KEYS))
      if (given.length > 0 && this.chance(0.6)) found[key] = this.one(given);
    if (arn === USER) found['aws:username'] = 'Bob';
    return found;
  }

  private document(more: (statement: Statement) => Statement = (statement) => statement): Document {
    return { Version: '2012-10-17', Statement: this.some(() => more(this.statement()), 3) };
  }

  private statement(): Statement {
    const [actions, resources] = [this.several(ACTION_PATTERNS), this.several(RESOURCE_PATTERNS)];
    return {
      Effect: this.chance(0.75) ? 'Allow' : 'Deny',
      ...(this.chance(0.85) ? { Action: actions } : { NotAction: actions }),
      ...(this.chance(0.9) ? { Resource: this.chance(0.5) ? '*' : resources } : { NotResource: resources }),
      ...(this.chance(0.5) && { Condition: this.condition() }),
    };
  }

  private condition(): NonNullable<Statement['Condition']> {
    return Object.fromEntries(this.some(() => this.block(), 2));
  }

  private block(): [string, Record<string, unknown>] {
    const [key, { wanted, operators }] = this.one(Object.entries(KEYS));
    if (this.chance(0.15)) return ['Null', { [key]: this.one(['true', 'false']) }];
    const multivalued = operators.includes('StringSet');
    const operator = this.one(OPERATORS[this.one(operators.filter((one) => one !== 'StringSet'))]!);
    // A key of several values needs a set operator, one of a single value none.
    const name = multivalued
      ? `${this.one(['ForAllValues', 'ForAnyValue'])}:${operator}`
      : `${operator}${this.chance(0.25) ? 'IfExists' : ''}`;
    const spelled = this.chance(0.2) ? key.toLowerCase() : key;
    const values = this.several(wanted);
    return [name, { [spelled]: values.length === 1 && this.chance(0.5) ? values[0] : values }];
  }

  /** What a boundary does to a grant to everybody depends on its conditions: not among these. */
  private principal(limited: boolean): Pick<Statement, 'Principal'> {
    if (!limited && this.chance(0.2)) return { Principal: '*' };
    return { Principal: { AWS: this.several(limited ? PRINCIPALS : [...PRINCIPALS, '*']) } };
  }

  private one<T>(from: readonly T[]): T {
    return from[Math.floor(this.next() * from.length)]!;
  }

  private several<T>(from: readonly T[]): T[] {
    return [...new Set(this.some(() => this.one(from)))];
  }

  private some<T>(make: () => T, most = 2): T[] {
    return Array.from({ length: 1 + Math.floor(this.next() * most) }, make);
  }

  private chance(share: number): boolean {
    return this.next() < share;
  }
}
