/** What a model brings to an endpoint: image, environment and archive, from the model itself or from its model package. */
import type { ContainerDefinition, DescribeModelOutput } from '@aws-sdk/client-sagemaker';
import { JobFailure } from './errors';
import type { ModelPackages } from './modelPackage';

export interface ServedModel {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly dataUrl: string | undefined;
  readonly roleArn: string;
}

/** @throws JobFailure where the model names a package that is gone, or several containers */
export function servedModel(model: DescribeModelOutput, packages: ModelPackages): ServedModel {
  const containers = model.PrimaryContainer ? [model.PrimaryContainer] : (model.Containers ?? []);
  if (containers.length !== 1) {
    throw new JobFailure('The local cloud does not have inference pipelines of several containers; no lab uses them.');
  }
  const own = containers[0]!;
  const found = own.ModelPackageName ? fromPackage(own, packages) : own;
  return {
    image: found.Image!,
    environment: { ...found.Environment, ...own.Environment },
    dataUrl: found.ModelDataUrl,
    roleArn: model.ExecutionRoleArn!,
  };
}

function fromPackage(own: ContainerDefinition, packages: ModelPackages): ContainerDefinition {
  let containers;
  try {
    containers = packages.find(own.ModelPackageName).InferenceSpecification?.Containers ?? [];
  } catch (error) {
    throw new JobFailure((error as Error).message, { cause: error });
  }
  if (containers.length !== 1) {
    throw new JobFailure('The local cloud serves model packages of one container; no lab has another.');
  }
  return containers[0]!;
}
