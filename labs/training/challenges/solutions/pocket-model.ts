/**
 * Shallow trees are cheap: eight leaves each, so that there may be nearly fifty of them, each taken for more than in the
 * first model. The job is the lab's own, with other hyperparameters.
 */
import { runProcessing, runTraining } from '../../../../lib/aws/sagemaker';
import type { LabRun } from '../../../../lib/course/run';
import { labCommand } from '../../../../lib/course/say';
import { uploadCode } from '../../jobs/code';
import { scriptProcessingRequest, trainingRequest } from '../../jobs/requests';
import { CHALLENGE_MODELS, jobName, resourcesOf, s3Uri } from '../../resources';

const PARAMETERS = { max_depth: '3', eta: '0.5', num_round: '48' } as const;

export async function solve(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const code = await uploadCode(run, resources);
  const name = jobName(run, 'train');
  const waiting = { minutes: 60, next: labCommand(run, 'grade', 'pocket-model') };
  if (resources.compute === 'processing') {
    const request = scriptProcessingRequest(run, resources, code, name, 'train');
    const words = Object.entries(PARAMETERS).flatMap(([key, value]) => [`--${key}`, value]);
    // The script takes what is said last.
    const ContainerArguments = [...(request.AppSpecification!.ContainerArguments ?? []), ...words];
    const AppSpecification = { ...request.AppSpecification!, ContainerArguments };
    const [output] = request.ProcessingOutputConfig!.Outputs!;
    const S3Output = { ...output!.S3Output!, S3Uri: s3Uri(resources, `${CHALLENGE_MODELS}${name}/output/`) };
    const ProcessingOutputConfig = { Outputs: [{ ...output!, S3Output }] };
    await runProcessing(run, { ...request, AppSpecification, ProcessingOutputConfig }, waiting);
    return;
  }
  const request = trainingRequest(run, resources, code, name);
  const HyperParameters = { ...request.HyperParameters, ...PARAMETERS };
  const OutputDataConfig = { S3OutputPath: s3Uri(resources, CHALLENGE_MODELS) };
  await runTraining(run, { ...request, HyperParameters, OutputDataConfig }, waiting);
}
