/** The policies with which a person does the labs without being an administrator, as docs/permissions has them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '..', '..', 'docs', 'permissions');
const FILE = /^learner-([a-z]+)\.json$/;

/** Where a policy applies. */
export interface Place {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** A policy as IAM takes it. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A file of docs/permissions with an account's words in place of PARTITION, ACCOUNT and REGION. */
function filled(file: string, { partition, account, region }: Place): PolicyDocument {
  const text = readFileSync(join(FOLDER, file), 'utf8')
    .replaceAll('PARTITION', partition)
    .replaceAll('ACCOUNT', account)
    .replaceAll('REGION', region);
  return JSON.parse(text) as PolicyDocument;
}

/** Names of the parts, each of which fits into a managed policy. */
export function policyParts(): string[] {
  return readdirSync(FOLDER)
    .flatMap((file) => FILE.exec(file)?.[1] ?? [])
    .sort();
}

/** One part, for a place. */
export function policyPart(part: string, place: Place): PolicyDocument {
  return filled(`learner-${part}.json`, place);
}

/** What the labs' roles and their learner may do at most, for whoever wants a permissions boundary. */
export function boundary(place: Place): PolicyDocument {
  return filled('boundary.json', place);
}

/** The whole policy as managed policies, by name: their documents as IAM takes them, without whitespace. */
export function learnerPolicies(place: Place): Record<string, string> {
  return Object.fromEntries(
    policyParts().map((part) => [`mla-labs-learner-${part}`, JSON.stringify(policyPart(part, place))]),
  );
}

/** The whole policy in one document, as an inline policy of a permission set takes it. */
export function wholePolicy(place: Place): PolicyDocument {
  return { Version: '2012-10-17', Statement: policyParts().flatMap((part) => policyPart(part, place).Statement) };
}
