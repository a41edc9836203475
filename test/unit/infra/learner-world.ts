/** What the labs of any learner may do, and what they make: from the templates, with every reference written out. */
import { roleIn, rolePolicies, synthesize, type TemplateJson } from '../../snapshot/template';
import type { LabId } from '../../../lib/course/names';
import {
  baseName,
  jobPrefix,
  LAB_IDS,
  partName,
  recordName,
  sqlName,
  stackName,
  TAG_LEARNER,
} from '../../../lib/course/names';
import { errorAlarmOf, latencyAlarmOf } from '../../../lib/infra/endpoint-template';
import { namesOf as deploymentNames } from '../../../labs/deployment/names';
import { namesOf as monitoringNames } from '../../../labs/monitoring/names';

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';

export interface Grant {
  readonly lab: LabId;
  /** Logical id, without the hash. */
  readonly role: string;
  readonly actions: readonly string[];
  /** ARN patterns. */
  readonly resources: readonly string[];
  readonly conditions: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Rule {
  readonly lab: LabId;
  readonly pattern: object;
}

export interface World {
  readonly grants: readonly Grant[];
  readonly rules: readonly Rule[];
  /** ARNs of what the learner's labs make, by names that are chosen or that CloudFormation makes of the stack's. */
  readonly things: readonly string[];
  /** Names of the jobs among them. */
  readonly jobs: readonly string[];
  readonly alarms: readonly string[];
}

/** Nobody's name: the templates of others are its, with their names in its place. */
const ANYBODY = 'qqqq';

const templates = new Map<string, Promise<TemplateJson>>();

function template(lab: LabId, learner: string): Promise<TemplateJson> {
  const key = `${lab} ${learner}`;
  if (!templates.has(key)) templates.set(key, synthesize(lab, learner));
  return templates.get(key)!;
}

/** @param synthesized really so, and not by putting one name in another's place */
export async function worldOf(learner: string, synthesized = learner === 'me'): Promise<World> {
  const all = await Promise.all(
    LAB_IDS.map(async (lab) => {
      if (synthesized) return labOf(lab, learner, await template(lab, learner));
      const text = JSON.stringify(await template(lab, ANYBODY))
        .replaceAll(sqlName(lab, ANYBODY), sqlName(lab, learner))
        .replaceAll(ANYBODY, learner);
      return labOf(lab, learner, JSON.parse(text) as TemplateJson);
    }),
  );
  return {
    grants: all.flatMap(({ grants }) => grants),
    rules: all.flatMap(({ rules }) => rules),
    things: [...all.flatMap(({ things }) => things), ...madeLater(learner)],
    jobs: jobsOf(learner),
    alarms: alarmsOf(learner),
  };
}

function labOf(lab: LabId, learner: string, made: TemplateJson): Pick<World, 'grants' | 'rules' | 'things'> {
  const say = writer(made, stackName(lab, learner));
  const grants = rolePolicies(made).flatMap(({ role, holder }) =>
    holder.PolicyDocument.Statement.map((one) => ({
      lab,
      role: roleIn(role),
      actions: [one.Action].flat() as string[],
      resources: [one.Resource].flat().map((resource) => String(say(resource))),
      conditions: (say(one.Condition ?? {}) ?? {}) as Grant['conditions'],
    })),
  );
  const rules: Rule[] = [];
  const things: string[] = [];
  for (const [id, { Type, Properties }] of Object.entries(made.Resources)) {
    if (Type === 'AWS::Events::Rule' && Properties.EventPattern)
      rules.push({ lab, pattern: say(Properties.EventPattern) as object });
    things.push(...arnsOf(Type, String(say({ Ref: id }))));
  }
  return { grants, rules, things };
}

/** Properties that name a thing. */
const NAMES = /^(Name|(Function|Bucket|Alarm|LogGroup|Dashboard|ModelPackageGroup|Crawler)Name)$/;

/** Writes out what CloudFormation would: names that the template gives, and names made of the stack's. */
function writer(made: TemplateJson, stack: string) {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::Partition': 'aws',
    'AWS::Region': REGION,
    'AWS::AccountId': ACCOUNT,
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack,
    'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stack}/1-2-3`,
  };
  const nameOf = (id: string): string => {
    const resource = made.Resources[id];
    if (resource === undefined) return pseudo[id] ?? `<${id}>`;
    const properties = { ...resource.Properties, ...(resource.Properties?.DatabaseInput as object | undefined) };
    const given = Object.entries(properties).find(([key, one]) => NAMES.test(key) && typeof one === 'string');
    const name = given ? String(given[1]) : `${stack}-${id}-1A2B3C4D5E6F`;
    return resource.Type === 'AWS::S3::Bucket' ? name.toLowerCase() : name;
  };
  const say = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(say);
    if (typeof value !== 'object' || value === null) return value;
    const { Ref, ...others } = value as { Ref?: string };
    if (Ref !== undefined) return nameOf(Ref);
    const [[fn, argument] = ['', undefined]] = Object.entries(others) as [string, unknown][];
    if (fn === 'Fn::Join') {
      const [glue, parts] = argument as [string, unknown[]];
      return parts.map(say).join(glue);
    }
    if (fn === 'Fn::GetAtt') {
      const [id, attribute] = argument as [string, string];
      const [arn] = arnsOf(made.Resources[id]?.Type ?? '', nameOf(id));
      return attribute === 'Arn' && arn !== undefined ? arn : `<${id}.${attribute}>`;
    }
    if (fn === 'Fn::FindInMap') return '<account of AWS>';
    if (fn === 'Fn::Sub') return String(argument).replaceAll(/\$\{([^}]+)\}/g, (_all, id: string) => nameOf(id));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, say(one)]));
  };
  return say;
}

/** ARNs of a thing that CloudFormation makes; one more of what lies below it. */
function arnsOf(type: string, name: string): string[] {
  const here = (service: string, resource: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
  const arns: Readonly<Record<string, string[]>> = {
    'AWS::S3::Bucket': [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/models/a/model.tar.gz`],
    'AWS::IAM::Role': [`arn:aws:iam::${ACCOUNT}:role/${name}`],
    'AWS::Lambda::Function': [here('lambda', `function:${name}`)],
    'AWS::Logs::LogGroup': [here('logs', `log-group:${name}`), here('logs', `log-group:${name}:log-stream:s`)],
    'AWS::SageMaker::ModelPackageGroup': [
      here('sagemaker', `model-package-group/${name}`),
      here('sagemaker', `model-package/${name}/1`),
    ],
    'AWS::CloudWatch::Alarm': [here('cloudwatch', `alarm:${name}`)],
    'AWS::CloudWatch::Dashboard': [`arn:aws:cloudwatch::${ACCOUNT}:dashboard/${name}`],
    'AWS::CodePipeline::Pipeline': [here('codepipeline', name), here('codepipeline', `${name}/Approval/Approve`)],
    'AWS::CodeBuild::Project': [here('codebuild', `project/${name}`)],
    'AWS::Scheduler::Schedule': [here('scheduler', `schedule/default/${name}`)],
    'AWS::Events::Rule': [here('events', `rule/${name}`)],
    'AWS::SNS::Topic': [here('sns', name)],
    'AWS::SQS::Queue': [here('sqs', name)],
    'AWS::Glue::Database': [here('glue', `database/${name}`), here('glue', `table/${name}/flights`)],
    'AWS::Glue::Crawler': [here('glue', `crawler/${name}`)],
    'AWS::Glue::Job': [here('glue', `job/${name}`)],
    'AWS::Glue::DataQualityRuleset': [here('glue', `dataQualityRuleset/${name}`)],
    'AWS::Athena::WorkGroup': [here('athena', `workgroup/${name}`)],
  };
  return arns[type] ?? [];
}

function alarmsOf(learner: string): string[] {
  const { productionEndpoint } = deploymentNames(learner);
  const { driftAlarm, aucAlarm, errorAlarm, latencyAlarm, bandAlarm } = monitoringNames(learner);
  const released = [`${productionEndpoint}-errors`, `${productionEndpoint}-latency`];
  const watched = [errorAlarmOf(monitoringNames(learner).endpoint), latencyAlarmOf(monitoringNames(learner).endpoint)];
  return [...new Set([...released, ...watched, driftAlarm, aucAlarm, errorAlarm, latencyAlarm, bandAlarm])];
}

function jobsOf(learner: string): string[] {
  const { analysisPrefix, retrainPrefix } = monitoringNames(learner);
  return [
    `${analysisPrefix}01234567-89ab-cdef-0123-456789abcdef`,
    `${analysisPrefix}baseline-01234567`,
    `${retrainPrefix}20261128074100000-d`,
    ...['train', 'eval', 'hpo'].map((what) => `${jobPrefix(what, learner)}0abcde`),
    `${jobPrefix('hpo', learner)}0abcde-001-0123abcd`,
  ];
}

/** What steps, pipelines and SageMaker make, besides the labs' own stacks. */
function madeLater(learner: string): string[] {
  const here = (service: string, resource: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
  const { stagingStack, productionStack, stagingEndpoint, productionEndpoint } = deploymentNames(learner);
  const { endpoint, endpointStack } = monitoringNames(learner);
  const stacks = [...LAB_IDS.map((lab) => stackName(lab, learner)), stagingStack, productionStack, endpointStack];
  return [
    ...stacks.map((name) => here('cloudformation', `stack/${name}/1-2-3`)),
    ...[stagingEndpoint, productionEndpoint, endpoint].flatMap((name) => [
      here('sagemaker', `endpoint/${name}`),
      here('logs', `log-group:/aws/sagemaker/Endpoints/${name}`),
      here('logs', `log-group:/aws/sagemaker/Endpoints/${name}:log-stream:AllTraffic/i-1`),
    ]),
    // CloudFormation names them as it likes; whatever it makes of stack and logical id may be in it.
    ...[stagingStack, productionStack, endpointStack].flatMap((stack) => [
      here('sagemaker', `model/${stack}-model-0123abcd`),
      here('sagemaker', `endpoint-config/${stack}-endpointconfig-0123abcd`),
    ]),
    ...jobsOf(learner).flatMap((name) => [
      here('sagemaker', `training-job/${name}`),
      here('sagemaker', `processing-job/${name}`),
      here('sagemaker', `hyper-parameter-tuning-job/${name}`),
    ]),
    ...LAB_IDS.map((lab) => here('ssm', `parameter${recordName(lab, learner)}`)),
    ...LAB_IDS.map((lab) => here('lambda', `function:${partName(lab, learner, 'lease')}`)),
    here('sagemaker', `monitoring-schedule/${baseName('monitoring', learner)}`),
    ...alarmsOf(learner).map((name) => here('cloudwatch', `alarm:${name}`)),
  ];
}

const patterns = new Map<string, RegExp>();

/** Whether an ARN pattern of a policy matches. */
export function matches(pattern: string, arn: string): boolean {
  let regex = patterns.get(pattern);
  if (regex === undefined) {
    const text = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    patterns.set(pattern, (regex = new RegExp(`^${text}$`)));
  }
  return regex.test(arn);
}

/** Whether the request's context fulfils all conditions of a grant: those that the labs use. */
export function fulfilled({ conditions }: Grant, context: Readonly<Record<string, string>>): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const is = context[key];
      const values = [wanted].flat();
      if (operator === 'StringEquals') return is !== undefined && values.includes(is);
      if (operator === 'StringLike') return is !== undefined && values.some((one) => matches(one, is));
      throw new Error(`No test knows the operator ${operator}.`);
    }),
  );
}

/** What a policy sees of a thing that carries somebody's tags. */
export const taggedAs = (lab: LabId, learner: string, key: 'ResourceTag' | 'RequestTag'): Record<string, string> => ({
  [`aws:${key}/mla-labs:lab`]: lab,
  [`aws:${key}/${TAG_LEARNER}`]: learner,
});

/** Whether a rule fires: exact values and prefixes, at any depth, as the labs' rules have them. */
export function fires(pattern: object, event: object): boolean {
  return Object.entries(pattern).every(([key, wanted]: [string, unknown]) => {
    const is = (event as Record<string, unknown>)[key];
    if (!Array.isArray(wanted)) return typeof is === 'object' && is !== null && fires(wanted as object, is);
    return wanted.some((one: unknown) => {
      if (typeof one !== 'object' || one === null) return one === is;
      const { prefix, ...others } = one as { prefix?: string };
      if (prefix === undefined || Object.keys(others).length > 0)
        throw new Error(`No test knows ${JSON.stringify(one)}.`);
      return typeof is === 'string' && is.startsWith(prefix);
    });
  });
}
