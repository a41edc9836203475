import {
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  type ScalableDimension,
} from '@aws-sdk/client-application-auto-scaling';
import { arnsOf } from '../../arns';
import { isRefused, orUndefined } from '../../errors';
import type { Found, Kind, Scope } from '../../kind';
import { listAll } from '../../pages';
import { goesWithStack } from '../cloudformation/ours';
import { ourEndpointNames } from '../sagemaker/endpoints';

const SAGEMAKER = 'sagemaker';

/**
 * A variant of an endpoint of ours that somebody let scale. SageMaker deletes no endpoint for a caller who may not
 * deregister it, and the endpoint goes on being billed. Its policies, scheduled actions and alarms go with it.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-delete-with-scaling.html
 * @see https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeregisterScalableTarget.html
 */
export const autoscalingScalableTarget: Kind = {
  id: 'autoscaling:scalable-target',
  title: 'scalable targets of endpoints',
  after: [{ kind: 'codepipeline:execution', why: 'an endpoint that is being updated takes no scaling along' }],
  async list(scope) {
    const found: Found[] = [];
    const names = await ourEndpointNames(scope);
    for (const { ResourceId = '', ScalableDimension: dimension = '' } of await targets(scope)) {
      const [, endpoint = ''] = /^endpoint\/([^/]+)\//.exec(ResourceId) ?? [];
      const because = names.get(endpoint);
      if (because === undefined) continue;
      const id = `${ResourceId}|${dimension}|${SAGEMAKER}`;
      if (await goesWithStack(scope, 'AWS::ApplicationAutoScaling::ScalableTarget', id)) continue;
      found.push({ kind: 'autoscaling:scalable-target', id, because: `of the endpoint ${endpoint}, ${because}` });
    }
    return found;
  },
  async remove(found, scope) {
    const [ResourceId, dimension] = found.id.split('|');
    await scope.run.clients.autoscaling.send(
      new DeregisterScalableTargetCommand({
        ServiceNamespace: SAGEMAKER,
        ResourceId,
        ScalableDimension: dimension as ScalableDimension,
      }),
    );
  },
  permissions: [
    {
      actions: ['application-autoscaling:DescribeScalableTargets'],
      resources: () => ['*'],
      reason: 'Application Auto Scaling lists all targets of a service or none',
    },
    {
      actions: ['application-autoscaling:DeregisterScalableTarget'],
      resources: (place) => arnsOf(place, 'application-autoscaling', 'scalable-target/*'),
      reason: 'the ARN of a target is a random id; the condition lets only those of SageMaker go, the code only ours',
      conditions: () => ({ StringEquals: { 'application-autoscaling:service-namespace': SAGEMAKER } }),
    },
  ],
};

/** All of the account. Whoever may not look deletes endpoints all the same: SageMaker says itself where it cannot. */
async function targets(scope: Scope): Promise<readonly { ResourceId?: string; ScalableDimension?: string }[]> {
  return listAll(async (NextToken) => {
    const asked = scope.run.clients.autoscaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: SAGEMAKER, NextToken }),
    );
    const page = await orUndefined(asked).catch((error: unknown) => {
      if (isRefused(error)) return undefined;
      throw error;
    });
    return { items: page?.ScalableTargets, next: page?.NextToken };
  });
}
