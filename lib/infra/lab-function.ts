import type { Duration } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { RETRIES } from '../target/retries';
import { FUNCTION_RUNTIME, functionCode } from './bundle';
import type { LabStack } from './lab-stack';
import { writeLog } from './statements';

export interface LabFunctionProps {
  /** The file that exports `handler`, from the project's root. */
  readonly entry: string;
  readonly description: string;
  /** Its name, for a function that must be named before it is there. @default - CloudFormation makes one */
  readonly name?: string;
  /** What it may do besides writing its log. */
  readonly statements: readonly iam.PolicyStatement[];
  readonly logGroup: ILogGroup;
  readonly timeout: Duration;
  /** MB. @default 512 */
  readonly memory?: number;
  /** @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Files that lie beside the code. @default - none */
  readonly beside?: Readonly<Record<string, Buffer>>;
  /** Where events go that it could not handle; the statements must let it send. @default - they are lost */
  readonly deadLetters?: IQueue;
}

/**
 * A function of a lab, with a role of its own.
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
    ...(props.name !== undefined && { functionName: props.name }),
    runtime: FUNCTION_RUNTIME,
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code: functionCode(props.entry, props.beside),
    memorySize: props.memory ?? 512,
    timeout: props.timeout,
    logGroup: props.logGroup,
    role: role.withoutPolicyUpdates(),
    environment: { ...RETRIES, ...props.environment },
    ...(props.deadLetters && { deadLetterQueue: props.deadLetters }),
  });
}
