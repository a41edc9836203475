/** The step `break` with the AWS CLI. */
import type { LabRun } from '../../../lib/course/run';
import { quoted } from '../../../lib/course/shell';
import { BAD, REASONS } from '../answers/break';
import { showFailure, untilEnded } from '../aws-cli';
import { goodVersion, releaseFlawedCommands } from '../flawed-models/commands';
import { placeOf } from '../resources';

/** Releases each, waits until the pipeline has stopped it, shows where, and rejects the version. */
export function explainBreak(run: LabRun): readonly string[] {
  const place = placeOf(run);
  return BAD.map((bad) =>
    [
      goodVersion(place),
      releaseFlawedCommands(run, place, bad),
      untilEnded(place),
      showFailure(place),
      `aws sagemaker update-model-package --model-package-arn "$version" --model-approval-status Rejected --approval-description ${quoted(REASONS[bad])}`,
    ].join('\n'),
  );
}
