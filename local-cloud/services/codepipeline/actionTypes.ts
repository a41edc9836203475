/** The action types that the service has, as CodePipeline's structure reference declares them. */
import type { ActionDeclaration, ActionTypeId } from '@aws-sdk/client-codepipeline';
import { badAction, lacks } from './errors';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * One type. Numbers of artifacts: https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-action-artifacts.html;
 * timeouts: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
 */
export interface ActionType {
  readonly category: string;
  readonly provider: string;
  readonly inputs: readonly [number, number];
  readonly outputs: readonly [number, number];
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Configuration that AWS takes and the local cloud does not, unless it has this value. */
  readonly refused?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

const CODEBUILD = {
  provider: 'CodeBuild',
  // AWS takes up to five of each.
  inputs: [1, 1],
  outputs: [0, 1],
  required: ['ProjectName'],
  optional: ['PrimarySource', 'EnvironmentVariables', 'BatchEnabled', 'CombineArtifacts'],
  refused: { BatchEnabled: 'false', CombineArtifacts: 'false' },
  timeoutMs: 36 * HOUR,
} as const;

const TYPES: readonly ActionType[] = [
  {
    category: 'Source',
    provider: 'S3',
    inputs: [0, 0],
    outputs: [1, 1],
    required: ['S3Bucket', 'S3ObjectKey'],
    optional: ['PollForSourceChanges', 'AllowOverrideForS3ObjectKey'],
    refused: { PollForSourceChanges: 'false' },
    timeoutMs: HOUR,
  },
  { category: 'Build', ...CODEBUILD },
  { category: 'Test', ...CODEBUILD },
  {
    category: 'Invoke',
    provider: 'Lambda',
    inputs: [0, 5],
    outputs: [0, 5],
    required: ['FunctionName'],
    optional: ['UserParameters'],
    timeoutMs: DAY,
  },
  {
    category: 'Deploy',
    provider: 'CloudFormation',
    inputs: [0, 10],
    // AWS takes one, with the stack's outputs.
    outputs: [0, 0],
    required: ['ActionMode', 'StackName'],
    optional: [
      'Capabilities',
      'OutputFileName',
      'ParameterOverrides',
      'RoleArn',
      'TemplateConfiguration',
      'TemplatePath',
    ],
    refused: { OutputFileName: undefined, TemplateConfiguration: undefined },
    timeoutMs: 3 * DAY,
  },
  {
    category: 'Approval',
    provider: 'Manual',
    inputs: [0, 0],
    outputs: [0, 0],
    required: [],
    optional: ['CustomData', 'ExternalEntityLink', 'NotificationArn'],
    refused: { NotificationArn: undefined },
    timeoutMs: 7 * DAY,
  },
];

export function isApproval(type: ActionTypeId | undefined): boolean {
  return type?.category === 'Approval' && type.provider === 'Manual';
}

/** @throws ServiceError for a type that there is not */
export function typeOf(action: ActionDeclaration): ActionType {
  const { category, owner, provider, version } = action.actionTypeId ?? {};
  const found = TYPES.find((type) => type.category === category && type.provider === provider);
  if (!found || owner !== 'AWS' || version !== '1') {
    throw badAction(
      `ActionType (Category: '${category}', Provider: '${provider}', Owner: '${owner}', Version: '${version}') in action ` +
        `'${action.name}' is not available in the local cloud.`,
    );
  }
  return found;
}

function checkCount(action: string, kind: string, count: number, [least, most]: readonly [number, number]): void {
  if (count < least) {
    throw badAction(
      `Action ${action} declares ${count} ${kind} artifacts which is less than the minimum count (${least})`,
    );
  }
  if (count > most) {
    throw badAction(
      `Action ${action} declares ${count} ${kind} artifacts which is greater than the maximum count (${most})`,
    );
  }
}

const MODES = ['CREATE_UPDATE', 'REPLACE_ON_FAILURE'];
const LACKING_MODES = ['DELETE_ONLY', 'CHANGE_SET_REPLACE', 'CHANGE_SET_EXECUTE'];

function checkDeployment(action: ActionDeclaration, configuration: Readonly<Record<string, string>>): void {
  const mode = configuration.ActionMode!;
  if (LACKING_MODES.includes(mode)) throw lacks(`the ActionMode ${mode} (action ${action.name})`);
  if (!MODES.includes(mode)) {
    throw badAction(`Action configuration for action '${action.name}' has an invalid ActionMode: '${mode}'`);
  }
  const missing = ['TemplatePath', 'RoleArn'].find((key) => !configuration[key]);
  if (missing) {
    throw badAction(`Action configuration for action '${action.name}' is missing required configuration '${missing}'`);
  }
}

/** Artifacts and configuration of one action. @throws ServiceError */
export function checkAction(action: ActionDeclaration): void {
  const type = typeOf(action);
  const configuration = action.configuration ?? {};
  checkCount(action.name!, 'input', action.inputArtifacts?.length ?? 0, type.inputs);
  checkCount(action.name!, 'output', action.outputArtifacts?.length ?? 0, type.outputs);
  for (const key of type.required) {
    if (configuration[key] === undefined) {
      throw badAction(`Action configuration for action '${action.name}' is missing required configuration '${key}'`);
    }
  }
  for (const key of Object.keys(configuration)) {
    if (![...type.required, ...type.optional].includes(key)) {
      throw badAction(`Action configuration for action '${action.name}' contains unknown configuration '${key}'`);
    }
  }
  for (const [key, value] of Object.entries(type.refused ?? {})) {
    if (configuration[key] !== undefined && configuration[key] !== value) {
      throw lacks(`${key}=${configuration[key]} (action ${action.name})`);
    }
  }
  if (type.provider === 'S3' && configuration.PollForSourceChanges === undefined) {
    throw lacks(`polling for source changes (action ${action.name}: set PollForSourceChanges to false)`);
  }
  if (type.provider === 'CloudFormation') checkDeployment(action, configuration);
}
