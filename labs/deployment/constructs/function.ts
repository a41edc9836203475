import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { functionCode } from '../../../lib/infra/bundle';
import type { LabStack } from '../../../lib/infra/lab-stack';
import { writeLog } from '../permissions';

export interface LabFunctionProps {
  /** File below labs/deployment/runtime/, without its ending. */
  readonly entry: string;
  readonly description: string;
  /** What it may do besides writing its log. */
  readonly statements: readonly iam.PolicyStatement[];
  readonly logGroup: ILogGroup;
  readonly timeout: Duration;
  /** @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Files that lie beside the code. @default - none */
  readonly beside?: Readonly<Record<string, Buffer>>;
}

/**
 * A function of the lab, with a role of its own.
 *
 * Its log group is made by the stack, so it may not make one: a late line cannot bring a deleted group back.
 *
 * @param id logical id; with `Role` behind it at most 13 characters
 */
export function labFunction(stack: LabStack, id: string, props: LabFunctionProps): lambda.Function {
  const role = stack.role(`${id}Role`, 'lambda.amazonaws.com', props.description, [
    ...props.statements,
    writeLog(props.logGroup),
  ]);
  return new lambda.Function(stack, `${id}Function`, {
    description: props.description,
    runtime: lambda.Runtime.NODEJS_22_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code: functionCode(`labs/deployment/runtime/${props.entry}.ts`, props.beside),
    memorySize: 512,
    timeout: props.timeout,
    logGroup: props.logGroup,
    role: role.withoutPolicyUpdates(),
    environment: { ...props.environment },
  });
}
