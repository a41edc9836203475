import { StartPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListRuleNamesByTargetCommand,
} from '@aws-sdk/client-eventbridge';
import { putObject, readObject } from '../../../lib/aws/s3';
import { waitForPropagation } from '../../../lib/aws/wait';
import { type Fault, remembered, stillBroken, worksAgain } from '../../../lib/course/fault';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { SOURCE_KEY } from '../names';
import { resourcesOf } from '../resources';

/** What connects the source with the pipeline is switched off. */
export const disabledRule: Fault = {
  id: 'disabled-rule',
  title: 'The EventBridge rule that starts the pipeline on a new source was disabled',
  task: '3.3',
  needs: ['source'],
  async prepare(run) {
    const rule = (await rulesOnSource(run)).find(({ enabled }) => enabled);
    if (rule === undefined)
      throw new LabError(`No rule starts ${resourcesOf(run).pipeline} on a new source.`, {
        why: 'Somebody removed or disabled it before this game day.',
        next: `${labCommand(run, 'down')}, then ${labCommand(run, 'up')}`,
      });
    return { rule: rule.name };
  },
  async inject(run, memory) {
    const { sourceBucket } = resourcesOf(run);
    await run.clients.eventbridge.send(new DisableRuleCommand({ Name: memory.rule }));
    // Else the upload might still start a release.
    await waitForPropagation(run);
    const source = await readObject(run, sourceBucket, SOURCE_KEY);
    await putObject(run, sourceBucket, SOURCE_KEY, source, 'application/zip');
    return `A developer uploaded ${SOURCE_KEY} to ${sourceBucket} at ${run.clock.now().toISOString()}, and no release has begun. Until yesterday each upload started one. Started by hand, a release begins.`;
  },
  async check(run) {
    const { pipeline } = resourcesOf(run);
    return (await rulesOnSource(run)).some(({ enabled }) => enabled)
      ? worksAgain(run, `An upload of ${SOURCE_KEY} starts ${pipeline} again; what was uploaded meanwhile it does not.`)
      : stillBroken(run, `An upload of ${SOURCE_KEY} does not start ${pipeline}.`);
  },
  hints: [
    'The pipeline does not look for a new source by itself. What tells it?',
    'S3 tells EventBridge, and a rule there has the pipeline as its target. Look at each of the two.',
  ],
  async mend(run, memory) {
    const { codepipeline, eventbridge } = run.clients;
    await eventbridge.send(new EnableRuleCommand({ Name: remembered(run, memory, 'rule') }));
    // What was uploaded meanwhile, no event will tell of.
    await codepipeline.send(new StartPipelineExecutionCommand({ name: resourcesOf(run).pipeline }));
  },
  seen(run) {
    const { sourceBucket } = resourcesOf(run);
    return [
      `the rule’s state: aws events describe-rule --query State --name "$(aws events list-rule-names-by-target --target-arn ${quoted(pipelineArn(run))} --query 'RuleNames[0]' --output text)"`,
      `S3 tells EventBridge: aws s3api get-bucket-notification-configuration --bucket ${sourceBucket}`,
      'CloudTrail: who called DisableRule, and when',
    ];
  },
  prevented:
    'CloudFormation’s drift detection on the lab’s stack shows a rule that was disabled by hand; so does an alarm on the rule’s metric MatchedEvents against uploads. Permissions that let deployments alone change rules.',
};

const pipelineArn = (run: LabRun): string =>
  `arn:${resourcesOf(run).deployRole.split(':')[1]}:codepipeline:${run.region}:${run.account}:${resourcesOf(run).pipeline}`;

/** The rules that start the pipeline on an object of the source bucket. */
async function rulesOnSource(run: LabRun): Promise<{ readonly name: string; readonly enabled: boolean }[]> {
  const { eventbridge } = run.clients;
  const { sourceBucket } = resourcesOf(run);
  const { RuleNames = [] } = await eventbridge.send(new ListRuleNamesByTargetCommand({ TargetArn: pipelineArn(run) }));
  const rules = await Promise.all(RuleNames.map((Name) => eventbridge.send(new DescribeRuleCommand({ Name }))));
  return rules
    .filter(({ EventPattern = '' }) => EventPattern.includes('aws.s3') && EventPattern.includes(sourceBucket))
    .map(({ Name, State }) => ({ name: Name!, enabled: State?.startsWith('ENABLED') ?? false }));
}
