/** Application Auto Scaling, as far as it can keep an endpoint from being deleted: targets are held, and nothing scales. */
import type * as applicationAutoScaling from '@aws-sdk/client-application-auto-scaling';
import { randomBytes } from 'node:crypto';
import { page } from '../page';
import type { CallContext, Operation, Service } from '../service';
import { ServiceError } from '../service';

const SAGEMAKER = 'sagemaker';
const PAGE = 50;

const invalid = (message: string): ServiceError => new ServiceError('ValidationException', message);

interface Named {
  readonly ServiceNamespace?: string;
  readonly ResourceId?: string;
  readonly ScalableDimension?: string;
}

function keyOf({ ServiceNamespace, ResourceId, ScalableDimension }: Named): string {
  if (ServiceNamespace !== SAGEMAKER) {
    throw invalid(`The local cloud has scalable targets of sagemaker only, not of ${ServiceNamespace ?? 'nothing'}.`);
  }
  if (!/^endpoint\/[^/]+\/variant\/[^/]+$/.test(ResourceId ?? '')) {
    throw invalid(`Unsupported service namespace, resource type or scalable dimension: ${ResourceId ?? ''}`);
  }
  if (!ScalableDimension?.startsWith('sagemaker:variant:')) {
    throw invalid('Unsupported service namespace, resource type or scalable dimension');
  }
  return `${ResourceId}|${ScalableDimension}|${ServiceNamespace}`;
}

class Targets {
  readonly held = new Map<string, applicationAutoScaling.ScalableTarget>();

  readonly register = async (
    input: applicationAutoScaling.RegisterScalableTargetRequest,
    { account, region }: CallContext,
  ): Promise<applicationAutoScaling.RegisterScalableTargetResponse> => {
    const key = keyOf(input);
    const before = this.held.get(key);
    const { MinCapacity = before?.MinCapacity, MaxCapacity = before?.MaxCapacity } = input;
    if (MinCapacity === undefined || MaxCapacity === undefined) {
      throw invalid('MinCapacity and MaxCapacity are required when a scalable target is registered.');
    }
    if (MinCapacity > MaxCapacity) throw invalid('Maximum capacity cannot be less than minimum capacity');
    const id = randomBytes(16).toString('hex');
    const made = {
      ScalableTargetARN: `arn:aws:application-autoscaling:${region}:${account}:scalable-target/${id}`,
      CreationTime: new Date(),
      RoleARN: `arn:aws:iam::${account}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`,
    };
    const { ServiceNamespace, ResourceId, ScalableDimension } = input;
    const named = { ServiceNamespace, ResourceId, ScalableDimension };
    const target: applicationAutoScaling.ScalableTarget = { ...made, ...before, ...named, MinCapacity, MaxCapacity };
    this.held.set(key, target);
    return { ScalableTargetARN: target.ScalableTargetARN };
  };

  readonly describe = async ({
    ServiceNamespace,
    ResourceIds,
    ScalableDimension,
    MaxResults = PAGE,
    NextToken,
  }: applicationAutoScaling.DescribeScalableTargetsRequest): Promise<applicationAutoScaling.DescribeScalableTargetsResponse> => {
    const all = [...this.held.values()].filter(
      (one) =>
        one.ServiceNamespace === ServiceNamespace &&
        (ResourceIds === undefined || ResourceIds.includes(one.ResourceId!)) &&
        (ScalableDimension === undefined || one.ScalableDimension === ScalableDimension),
    );
    const invalidToken = (): Error => new ServiceError('InvalidNextTokenException', 'The next token is invalid.');
    const { items, next } = page(all, MaxResults, NextToken, invalidToken);
    return { ScalableTargets: items, NextToken: next };
  };

  readonly deregister: Operation<applicationAutoScaling.DeregisterScalableTargetRequest, object> = async (input) => {
    if (!this.held.delete(keyOf(input))) {
      throw new ServiceError(
        'ObjectNotFoundException',
        `No scalable target found for service namespace: ${input.ServiceNamespace}, resource ID: ${input.ResourceId}, scalable dimension: ${input.ScalableDimension}`,
      );
    }
    return {};
  };
}

export function applicationAutoScalingService(): Service {
  const targets = new Targets();
  return {
    id: 'application-autoscaling',
    operations: {
      RegisterScalableTarget: targets.register,
      DescribeScalableTargets: targets.describe,
      DeregisterScalableTarget: targets.deregister,
    },
    inventory: () => [...targets.held.keys()].map((key) => `application-autoscaling/scalable-target/${key}`),
    stop: async () => undefined,
  };
}
