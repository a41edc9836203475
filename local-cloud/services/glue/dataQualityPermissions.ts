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

/**
 * Reads from AWS's bucket of Data Quality libraries, as the role. The local cloud has no such bucket: that it is missing
 * is the good answer, a refusal the bad one.
 */
export async function loadAssets(role: Principal, region: string, signal: AbortSignal): Promise<void> {
  const Bucket = `aws-glue-ml-data-quality-assets-${region}`;
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
