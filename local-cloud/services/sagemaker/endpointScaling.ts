/** Endpoints that somebody let scale. */
import {
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { isDenied } from '../denied';
import type { Cloud, Principal } from '../service';
import { invalid } from './errors';

/**
 * Deregisters the scalable targets of an endpoint that is to be deleted, as whoever deletes it.
 *
 * @throws ServiceError in AWS's words when the caller may not (https://github.com/awslabs/stable-diffusion-aws-extension/issues/161)
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-delete-with-scaling.html
 */
export async function deregisterScaling(
  cloud: Pick<Cloud, 'root'>,
  endpoint: string,
  caller: Principal,
): Promise<void> {
  const { ScalableTargets = [] } = await cloud
    .root()
    .autoscaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }));
  // CloudFormation calls without keys: the plug-in has asked the stack's role already.
  const acting = caller.credentials.accessKeyId === '' ? cloud.root() : caller;
  for (const { ResourceId = '', ScalableDimension } of ScalableTargets) {
    if (!ResourceId.startsWith(`endpoint/${endpoint}/`)) continue;
    try {
      await acting.autoscaling.send(
        new DeregisterScalableTargetCommand({ ServiceNamespace: 'sagemaker', ResourceId, ScalableDimension }),
      );
    } catch (error) {
      if (!isDenied(error)) throw error;
      throw invalid(
        'An Application AutoScaling scalable target exists for a variant being deleted, and the IAM identity used to invoke DeleteEndpoint does not have application-autoscaling:DeregisterScalableTarget permission to deregister the scalable target.',
      );
    }
  }
}
