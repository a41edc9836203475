/**
 * What AWS asks of the role of an evaluation run beyond reading the table: asked for here by requests of the role, which
 * are refused where it lacks the permission.
 *
 * @see https://docs.aws.amazon.com/glue/latest/dg/data-quality-authorization.html
 */
import { GetDataQualityRulesetCommand, GetDataQualityRulesetEvaluationRunCommand } from '@aws-sdk/client-glue';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { isDenied } from '../denied';
import type { Principal } from '../service';
import { asRole } from './role';

export interface RolePermission {
  readonly action: string;
  readonly resource: (region: string, account: string) => string;
  readonly why: string;
  /** Whether a run here fails without it. */
  readonly enforced: boolean;
}

const rulesets = (region: string, account: string) => `arn:aws:glue:${region}:${account}:dataQualityRuleset/*`;
const anyTable = (region: string, account: string) => `arn:aws:glue:${region}:${account}:table/*/*`;
const logGroups = (region: string, account: string) =>
  `arn:aws:logs:${region}:${account}:log-group:/aws-glue/data-quality/*`;

/** Every permission that the role of an evaluation run uses. */
export const ROLE_PERMISSIONS: readonly RolePermission[] = [
  { action: 'glue:GetDataQualityRulesetEvaluationRun', resource: rulesets, why: 'look up its own run', enforced: true },
  { action: 'glue:GetDataQualityRuleset', resource: rulesets, why: 'read the rules', enforced: true },
  {
    action: 'glue:PublishDataQuality',
    resource: rulesets,
    why: 'store the result; no SDK offers the action',
    enforced: true,
  },
  { action: 'glue:GetTable', resource: anyTable, why: 'find schema and location', enforced: true },
  { action: 'glue:GetPartitions', resource: anyTable, why: 'find the parts of a partitioned table', enforced: true },
  {
    action: 's3:ListBucket',
    resource: () => 'arn:aws:s3:::<data bucket>',
    why: "list the table's objects",
    enforced: true,
  },
  { action: 's3:GetObject', resource: () => 'arn:aws:s3:::<data bucket>/*', why: 'read them', enforced: true },
  {
    action: 's3:GetObject',
    resource: (region) => `arn:aws:s3:::${assetsBucket(region)}/*`,
    why: "load AWS's own libraries of Data Quality",
    // Asked for, but the emulator says that the bucket is missing before it looks at the role's permissions.
    enforced: false,
  },
  {
    action: 's3:PutObject',
    resource: () => 'arn:aws:s3:::<results bucket>/*',
    why: 'write to ResultsS3Prefix',
    enforced: true,
  },
  // Without these a run goes on and its logs are lost; the refusal stands in the record of requests.
  { action: 'logs:CreateLogGroup', resource: logGroups, why: 'make the log group if it is missing', enforced: false },
  { action: 'logs:CreateLogStream', resource: logGroups, why: 'write logs', enforced: false },
  { action: 'logs:PutLogEvents', resource: logGroups, why: 'write logs', enforced: false },
];

export function assetsBucket(region: string): string {
  return `aws-glue-ml-data-quality-assets-${region}`;
}

/**
 * Reads from AWS's bucket of Data Quality libraries, as the role. The local cloud has no such bucket: that it is missing
 * is the good answer, a refusal the bad one.
 */
export async function loadAssets(role: Principal, region: string, signal: AbortSignal): Promise<void> {
  const Bucket = assetsBucket(region);
  const command = new GetObjectCommand({ Bucket, Key: 'libraries' });
  await asRole(role, 's3:GetObject', `arn:aws:s3:::${Bucket}/libraries`, async () => {
    try {
      await role.s3.send(command, { abortSignal: signal });
    } catch (error) {
      if (isDenied(error) || signal.aborted) throw error;
    }
  });
}

/** Looks up its own run, as AWS's engine does before it reads anything. */
export async function lookUpRun(role: Principal, RunId: string, signal: AbortSignal): Promise<void> {
  await asRole(role, 'glue:GetDataQualityRulesetEvaluationRun', 'dataQualityRuleset/*', () =>
    role.glue.send(new GetDataQualityRulesetEvaluationRunCommand({ RunId }), { abortSignal: signal }),
  );
}

/** Asks for glue:PublishDataQuality as the role: a signed request of that name, which no SDK has a command for. */
export async function publish(role: Principal, ruleset: string, resultId: string, signal: AbortSignal): Promise<void> {
  const command = new GetDataQualityRulesetCommand({ Name: ruleset });
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { headers: Record<string, string>; body: string };
      request.headers['x-amz-target'] = 'AWSGlue.PublishDataQuality';
      request.body = JSON.stringify({ Name: ruleset, ResultId: resultId });
      request.headers['content-length'] = String(Buffer.byteLength(request.body));
      return next(args);
    },
    // After the request is written, before it is signed.
    { step: 'build', name: 'publishDataQuality' },
  );
  await asRole(role, 'glue:PublishDataQuality', `dataQualityRuleset/${ruleset}`, () =>
    role.glue.send(command, { abortSignal: signal }),
  );
}
