/** The templates as judged by others, each stack in every mode and Region: what they find is mended, or has a reason. */
import { join } from 'node:path';
import { CfnResource, Stack } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { type Exception, EXCEPTIONS } from './templates/exceptions';
import { type Finding, type Judge, JUDGES } from './templates/judges';
import { appIn, everyStack, type Judged, synthesized } from './templates/stacks';

type Name = keyof typeof JUDGES;
const names = Object.keys(JUDGES) as Name[];

/** A stack with faults. */
function faultyStack(folder: string): Judged {
  const app = appIn({}, folder);
  const stack = new Stack(app, 'MlaLabs-Faulty');
  new CfnBucket(stack, 'Open', { versioningConfiguration: { status: 'On' } });
  // Not offered in ap-south-1, which is one of the Regions, and without the properties that it needs in others.
  new CfnResource(stack, 'Fleet', { type: 'AWS::SageMaker::DeviceFleet', properties: {} });
  return synthesized('faulty', app);
}

/** What the judges have to find there: rule, construct, words. */
const SEEDED: Readonly<Record<Name, readonly (readonly [string, string, RegExp])[]>> = {
  'cdk-nag': [
    ['AwsSolutions-S1', 'Faulty/Open', /^/],
    ['AwsSolutions-S10', 'Faulty/Open', /^/],
  ],
  'the CDK': [
    ['W3030', 'Faulty/Open', /'On' is not one of/],
    ['F3003', 'Faulty/Fleet', /required.*\(us-east-1\)/],
    ['F3006', 'Faulty/Fleet', /does not exist in 'ap-south-1'/],
  ],
  'cfn-lint': [
    ['E3030', 'Faulty/Open', /'On' is not one of/],
    ['E3003', 'Faulty/Fleet', /required/],
    ['E3006', 'Faulty/Fleet', /does not exist in 'ap-south-1'/],
  ],
  checkov: [['CKV_AWS_53', 'Faulty/Open', /public ACLs/]],
};

const covers = ({ rules, where, what = /^/ }: Exception, found: Finding): boolean =>
  rules.includes(found.rule) && where.test(found.where) && what.test(found.what);

let stacks: readonly Judged[];
/** What each judge finds in the stacks of the labs, and in the faulty one. */
const verdicts = new Map<Name, Promise<{ found: Finding[]; seeded: Finding[] }>>();

beforeAll(async () => {
  const folder = join(process.env.MLA_LABS_TEST_FOLDER!, 'templates');
  const faulty = faultyStack(join(folder, 'faulty'));
  stacks = await everyStack(folder);
  for (const name of names) {
    const judge: Judge = JUDGES[name];
    const verdict = judge([...stacks, faulty]).then((all) => ({
      found: all.filter(({ stack }) => stack !== faulty.name),
      seeded: all.filter(({ stack }) => stack === faulty.name),
    }));
    // A judge that could not look fails its own tests, and no others.
    verdict.catch(() => undefined);
    verdicts.set(name, verdict);
  }
});

test('stacks of all labs are judged, in all combinations of their modes', () => {
  const count = (lab: string): number => stacks.filter(({ name }) => name.startsWith(lab)).length;
  expect(['data-prep', 'training', 'deployment', 'monitoring', 'endpoint'].map(count)).toEqual([1, 4, 8, 4, 2]);
});

describe.each(names)('%s', (name) => {
  test('finds the faults of a faulty stack', async () => {
    const { seeded } = await verdicts.get(name)!;
    const missed = SEEDED[name].filter(
      ([rule, where, what]) => !seeded.some((one) => one.rule === rule && one.where === where && what.test(one.what)),
    );
    expect(missed).toEqual([]);
  });

  test('finds nothing in the labs that has no reason', async () => {
    const { found } = await verdicts.get(name)!;
    const open = found.filter((finding) => !EXCEPTIONS.some((exception) => covers(exception, finding)));
    expect([...new Set(open.map(({ rule, where, what, stack }) => `${rule} ${where} ${what} (${stack})`))]).toEqual([]);
  });
});

test('no reason is of something that no judge finds any more', async () => {
  const found = (await Promise.all(verdicts.values())).flatMap((verdict) => verdict.found);
  const idle = EXCEPTIONS.flatMap((exception) =>
    exception.rules
      .map((rule) => ({ ...exception, rules: [rule] }))
      .filter((one) => !found.some((finding) => covers(one, finding))),
  );
  expect(idle.map(({ rules, where, what }) => `${rules.join()} ${where} ${what ?? ''}`)).toEqual([]);
});
