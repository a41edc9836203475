/** `npx tsx scripts/docs/local-cloud.ts` writes docs/local-cloud.md: what the local cloud has, from its services, and how it differs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WAIT_DIVISOR } from '../../local-cloud/services/waits';
import { makeServices } from '../../local-cloud/services/registry';
import type { Cloud } from '../../local-cloud/services/service';
import { writePage } from './page';

const TITLES: Readonly<Record<string, string>> = {
  glue: 'AWS Glue: crawlers, jobs, Data Quality (databases, tables and classifiers are the emulator’s)',
  athena: 'Amazon Athena: queries (workgroups and saved queries are the emulator’s)',
  codebuild: 'AWS CodeBuild',
  sagemaker: 'Amazon SageMaker AI',
  codepipeline: 'AWS CodePipeline',
  servicequotas: 'Service Quotas',
  freetier: 'AWS Free Tier: the account’s plan',
  'application-autoscaling': 'Application Auto Scaling',
};
/** What the parts of the local cloud ask each other, which AWS has no operation for; and what is there to be refused. */
const NOT_SERVED = new Set(['DeliverEvent', 'PublishDataQuality', 'GetCrawlerMetrics']);

/** A cloud that nothing is done in: services are only asked which operations they have. */
const idle = new Proxy({ folder: '' } as Cloud, {
  get: (cloud, name) => (Reflect.has(cloud, name) ? (Reflect.get(cloud, name) as unknown) : () => undefined),
});

function served(): string {
  const sections = makeServices(idle).map(({ id, operations }) => {
    const names = Object.keys(operations).filter((name) => !NOT_SERVED.has(name));
    return `### ${TITLES[id] ?? id}\n\n${names.map((name) => `\`${name}\``).join(', ')}.`;
  });
  return sections.join('\n\n');
}

/** Functions that Athena has and its stand-in has not, from the engine that refuses them by name. */
export function unsupportedFunctions(): string[] {
  const file = join(__dirname, '../../local-cloud/engines/sql/unsupported_functions.py');
  return /^_NAMES = """([^"]+)"""/m.exec(readFileSync(file, 'utf8'))![1]!.trim().split(/\s+/);
}

/** The whole page. */
export function localCloudPage(): string {
  return `# The local cloud, and where it differs from AWS

\`--target local\`, and every rehearsal, talks to a local cloud on this machine: an emulator that is kept in one version
([MiniStack](emulator.md)), a plug-in in its process, and services of this project beside it, with real engines. It listens on
127.0.0.1 only, and knows credentials that are made for each run. Labs, steps, checks and teardown do not know that it is one.

What it does not have is refused, in the protocol of the service, with a message that names the operation: it never says that
something was done that was not.

## What does the work

| On AWS                                   | Here                                                                  | What differs                                                                                                        |
| --- | --- | --- |
| Glue 6.0 jobs                            | PySpark 4.1 in one process, its reads and writes signed as the job’s role | one machine in place of workers: times and memory say nothing about AWS; DPU seconds are what the job declares         |
| Glue crawlers                            | own code: grouping, classifiers, partitions, AddOrUpdateBehavior      | CSV and Parquet; JSON, ORC and Avro are refused |
| Glue Data Quality                        | DQDL on DuckDB                                                        | no recommendations, and no DetectAnomalies |
| Athena engine version 3                  | a compiler from Athena’s SQL to DuckDB, with Trino’s types            | what it does not know is refused by name, such as partition projection other than \`enum\` and months or days; bytes scanned are those of the files that were read; percentiles and distinct counts are exact, where Athena estimates them                        |
| SageMaker training, tuning, processing   | the script in a process of its own, with XGBoost 3.2 and scikit-learn | no container image is pulled: what the image has is what the project installs, and of its own algorithm it has script mode alone; /opt/ml lies in another folder, which variables and commands name (a script of yours asks \`SM_MODEL_DIR\` and the like); a tuning job’s search is Optuna’s |
| SageMaker endpoints                      | a server process for each variant                                     | no instances: latency is this machine’s; a burstable or a bigger instance answers alike                              |
| Model Monitor’s analyzer                 | own code that writes the same files                                   | distances are computed as documented; rounding differs                                                              |
| CodeBuild                                | the buildspec’s phases in a shell, as the project’s role              | no image, no Docker; pip says whether what is asked for is there, and installs nothing |
| Lambda                                   | a process for each function, on the Node.js that its runtime names    | no cold starts; memory is not limited; the timeout is kept                                                          |
| CloudFormation, IAM, S3, SQS, SNS, SSM, EventBridge, Logs | the emulator, corrected by the plug-in                    | what the labs use; a resource type that it lacks fails the deployment                                               |

## Time

Waits that AWS itself imposes (a bake, a canary, the start of a container) are divided by ${WAIT_DIVISOR}: five minutes are five seconds. Their
order and what they lead to stay. Schedules fire by the clock; a rehearsal lets 90 minutes pass at its end without waiting
for them.

## What no rehearsal can show

- How long AWS takes, and what it bills. Times in the guides are estimates, prices are list prices with their date.
- New IAM roles work at once here; AWS needs seconds. The labs wait and try again where that matters.
- Lists are consistent here unless you say \`--face eventual\`; requests are never throttled unless you say \`--face throttled\`.
  [All faces](testing.md#faces-of-the-local-cloud).
- Quotas are those of a new account, for what the labs use. Service control policies, permission sets and organizations do
  not exist.
- Capacity: AWS may have no instance left. Spot capacity is taken back only where a test says so.
- What a VPC does: the labs need none, and there is none.
- The CDK’s bootstrap stack, its roles and its bucket are real; the image repository in it takes no images.

## Held to AWS’s own models

Every signed request, whoever sends it, is read by the model that botocore ships for its service, in any protocol. One that breaks
a constraint (a type, a required member, a length, a range, a pattern, an enumeration) is refused once IAM has allowed it, with the
error and the words of the service. A member or an operation that no model has, which most services pass over, is recorded.

Every answer, ours or the emulator’s, is read by botocore’s own parser and held to the shape of the output: types, required
members, enumerations and unknown members; errors to the codes and status that the operation has. Where AWS itself differs
from its models, or the emulator does without harm, \`local-cloud/plugin/known_answers.py\` says where and why.

Properties of stacks are held to the schemas of CloudFormation’s registry, which cfn-lint brings: an unknown, read-only or missing
property, a wrong type, pattern or value fails the resource in CloudFormation’s words. A change of a create-only property makes a
new resource in an update and removes the old one; one that keeps the name which its template gives is refused.
AWS tells what the template alone shows before it begins, by failing the change set; here the resource tells it.

## Operations of the services beside the emulator

IAM decides about each first.

${served()}

## SQL functions that Athena has and the local cloud does not

A query that calls one of them is refused with its name. A name that Athena does not know either is \`FUNCTION_NOT_FOUND\`, as there.

${unsupportedFunctions()
  .map((name) => `\`${name}\``)
  .join(', ')}.

## Held against others

Proofs hold it against engines and clients of others: Athena’s SQL against a real Trino, and what the SageMaker Python SDK 3, boto3
and the AWS CLI ask of it against what they ask of AWS. [Which, and what they show](testing.md#rehearsals-and-proofs).

## Another check

\`./lab rehearse --json\` lists under \`denied\` what IAM refused, under \`invalid\` which requests and answers broke AWS’s own
models (who sent them, which operation, which member), and under \`leftovers\` what the local cloud’s own stores held
afterwards that was not there before. If something is different on AWS, [say so](../CONTRIBUTING.md): it becomes a test here.
`;
}

if (require.main === module) writePage('local-cloud.md', localCloudPage());
