import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { labFunction as shared, type LabFunctionProps as Props } from '../../../lib/infra/lab-function';
import type { LabStack } from '../../../lib/infra/lab-stack';

export interface LabFunctionProps extends Props {
  /** Folder below labs/deployment/runtime/ whose handler.ts it is. */
  readonly entry: string;
}

/**
 * A function of this lab, with a role of its own.
 *
 * @param id logical id; with `Role` behind it at most 13 characters
 */
export function labFunction(stack: LabStack, id: string, props: LabFunctionProps): lambda.Function {
  return shared(stack, id, { ...props, entry: `labs/deployment/runtime/${props.entry}/handler.ts` });
}
