/** The templates as judged by cdk-nag's AwsSolutions rules, in every mode: what they find is mended, or has a reason. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { labEntry, LABS } from '../../lib/course/registry';
import { type Exception, EXCEPTIONS } from './nag-exceptions';

interface Finding {
  readonly rule: string;
  readonly resource: string;
  readonly where: string;
}

/** What the rules find in a lab's stack in one mode. */
async function findingsOf(id: string, modes: Readonly<Record<string, string>>): Promise<Finding[]> {
  const { context } = JSON.parse(readFileSync(join(__dirname, '../../cdk.json'), 'utf8')) as { context: object };
  const app = new App({
    context: { ...context, ...modes },
    analyticsReporting: false,
    treeMetadata: false,
    autoSynth: false,
  });
  (await labEntry(id)!.stack())(app, 'me');
  const pack = new AwsSolutionsChecks(app);
  // IAM's rules look at policies that only a synthesis completes.
  app.synth();
  const { violations } = pack.validate({ templatePaths: [], appConstruct: app } as never);
  return violations.flatMap(({ ruleName, violatingResources = [], ...more }) => {
    const [, rule = '', resource = ''] = /^AwsSolutions-(\w+)(?:\[Resource::(.*)\])?$/.exec(ruleName) ?? [];
    const constructs =
      (more as { violatingConstructs?: readonly { constructPath?: string }[] }).violatingConstructs ?? [];
    const paths = [...violatingResources, ...constructs].map(
      (one) => (one as { constructPath?: string }).constructPath ?? 'a resource without a path',
    );
    return paths.map((path) => ({ rule, resource, where: path.replace(/^MlaLabs-/, '').replace(/\/Resource$/, '') }));
  });
}

const covers = ({ rule, where, resource = /^/ }: Exception, found: Finding): boolean =>
  rule === found.rule && where.test(found.where) && resource.test(found.resource);

let found: Finding[];
beforeAll(async () => {
  found = [];
  for (const { id } of LABS) {
    const { modes } = await labEntry(id)!.lab();
    const others = modes.flatMap(({ name, values, default: usual }) =>
      values.filter((value) => value !== usual).map((value) => ({ [name]: value })),
    );
    for (const mode of [{}, ...others]) found.push(...(await findingsOf(id, mode)));
  }
});

test('the rules looked: they know roles, buckets, functions and topics of all four stacks', () => {
  for (const lab of ['DataPrep', 'Training', 'Deployment', 'Monitoring']) {
    const rules = new Set(found.filter(({ where }) => where.startsWith(`${lab}/`)).map(({ rule }) => rule));
    expect([...rules]).toEqual(expect.arrayContaining(['IAM5', 'S1', 'L1', 'SNS3']));
  }
});

test('what they find has a reason', () => {
  const open = found.filter((finding) => !EXCEPTIONS.some((exception) => covers(exception, finding)));
  expect([...new Set(open.map(({ rule, resource, where }) => `${rule} ${resource} ${where}`))]).toEqual([]);
});

test('no reason is of something that is not there any more', () => {
  const idle = EXCEPTIONS.filter((exception) => !found.some((finding) => covers(exception, finding)));
  expect(idle.map(({ rule, where, resource }) => `${rule} ${where} ${resource ?? ''}`)).toEqual([]);
});
