/**
 * A serverless endpoint of the version that production serves: a model of that version with the lab's role, a
 * configuration with memory and concurrency in place of an instance, an endpoint. Serverless keeps no copies of requests.
 */
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  waitUntilEndpointInService,
} from '@aws-sdk/client-sagemaker';
import { sagemakerTags } from '../../../../lib/aws/sagemaker';
import { partName, tagsOf } from '../../../../lib/course/names';
import type { LabRun } from '../../../../lib/course/run';
import { servingAt } from '../../endpoint/serving';
import { VARIANT } from '../../names';
import { resourcesOf } from '../../resources';

export async function solve(run: LabRun): Promise<void> {
  const { sagemaker, pollMs } = run.clients;
  const resources = resourcesOf(run);
  const { version } = (await servingAt(run, resources.production))!;
  const name = partName('deployment', run.learner, 'try-out');
  const Tags = sagemakerTags(tagsOf(run.lab, run.learner));
  await sagemaker.send(
    new CreateModelCommand({
      ModelName: name,
      ExecutionRoleArn: resources.endpointRole,
      PrimaryContainer: { ModelPackageName: version },
      Tags,
    }),
  );
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: name,
      ProductionVariants: [
        { VariantName: VARIANT, ModelName: name, ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 2 } },
      ],
      Tags,
    }),
  );
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name, Tags }));
  const seconds = { minDelay: pollMs / 1000, maxDelay: pollMs / 1000, maxWaitTime: 900 };
  await waitUntilEndpointInService({ client: sagemaker, ...seconds }, { EndpointName: name });
}
