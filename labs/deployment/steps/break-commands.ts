/** The step `break` with the AWS CLI. */
import type { LabRun } from '../../../lib/course/run';
import { quoted } from '../../../lib/course/shell';
import { BREAK_FLAWS, REASONS } from '../answers/break';
import { showFailureCommand, untilReleaseEnded } from '../aws-cli';
import { goodVersionCommand, releaseFlawedCommands } from '../flawed-models/commands';
import { resourcesOf } from '../resources';

/** Releases each, waits until the pipeline has stopped it, shows where, and rejects the version. */
export function explainBreak(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  return BREAK_FLAWS.map((bad) =>
    [
      goodVersionCommand(resources),
      releaseFlawedCommands(run, resources, bad),
      untilReleaseEnded(resources),
      showFailureCommand(resources),
      `aws sagemaker update-model-package --model-package-arn "$version" --model-approval-status Rejected --approval-description ${quoted(REASONS[bad])}`,
    ].join('\n'),
  );
}
