/** Every command that the labs print is understood by the oldest AWS CLI that they promise, of both major versions. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LABS } from '../../../lib/course/registry';
import { OLDEST_AWS_CLI } from '../../../lib/facts/aws-cli';
import { choices, runOf } from './explained';
import { faultsOf, known, services } from './judge';
import { commandsIn, stringsOf, UNKNOWN } from './words';

const ROOT = join(__dirname, '../../..');
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
test('the models are those of the versions that the labs promise', () => {
  expect(known.versions).toEqual({ awscli: OLDEST_AWS_CLI[1], botocore: OLDEST_AWS_CLI.botocore });
  expect(textOf('README.md')).toContain(`AWS CLI **${OLDEST_AWS_CLI[2]} or newer**, or ${OLDEST_AWS_CLI[1]} or newer`);
});

describe.each(LABS.map(({ id }) => id))('%s', (id) => {
  test('what --explain prints, of every step in all modes', async () => {
    const lab = await LABS.find((entry) => entry.id === id)!.lab();
    const faults = choices(lab).flatMap((modes) =>
      lab.steps.flatMap((step) => {
        const commands = step.explain(runOf(lab, modes)).flatMap((script) => commandsIn(script, services));
        expect([step.id, commands.length]).not.toEqual([step.id, 0]);
        return commands.flatMap((words) => faultsOf(words, true)).map((fault) => `${step.id}: ${fault}`);
      }),
    );
    expect([...new Set(faults)]).toEqual([]);
  });

  test('what is told when a game day is over, in all modes', async () => {
    const entry = LABS.find((one) => one.id === id)!;
    const lab = await entry.lab();
    const broken = await entry.faults();
    expect(broken.length).toBeGreaterThanOrEqual(4);
    const faults = choices(lab).flatMap((modes) =>
      broken.flatMap((one) =>
        one
          .seen(runOf(lab, modes))
          .flatMap((text) => commandsIn(text, services))
          .flatMap((words) => faultsOf(words, false))
          .map((fault) => `${one.id}: ${fault}`),
      ),
    );
    expect([...new Set(faults)]).toEqual([]);
  });
});

/** What version 2 alone can do: who signs in with IAM Identity Center has it, as version 1 cannot. */
const VERSION_2_ALONE = ['sso login', 'configure sso', 'configure export-credentials'];

const textFiles = ['README.md', ...['labs', 'lib', 'docs', 'bin'].flatMap((room) => filesOf(room))];
function filesOf(room: string): string[] {
  return readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(md|ts|txt)$/.test(name))
    .map((name) => join(room, name));
}

test('what guides, hints, checks and messages say', () => {
  const faults = textFiles.flatMap((file) => {
    const text = textOf(file);
    if (!/\baws [a-z]/.test(text)) return [];
    const strings = file.endsWith('.ts')
      ? stringsOf(text)
      : [...text.matchAll(/^```sh\n([^]*?)^```|`([^`\n]+)`/gm)].map(([, block, inline]) => (block ?? inline)!);
    return strings
      .flatMap((one) => commandsIn(one, services))
      .filter((words) => words[2] !== undefined && !words[2].startsWith(UNKNOWN))
      .flatMap((words) => faultsOf(words, false))
      .filter((fault) => !VERSION_2_ALONE.some((one) => fault.startsWith(`aws ${one}: not in`)))
      .map((fault) => `${file}: ${fault}`);
  });
  expect(faults).toEqual([]);
});

describe('a command that the oldest AWS CLI does not understand is found', () => {
  test.each([
    [
      'a new member of a request',
      `aws glue start-data-quality-ruleset-evaluation-run --additional-run-options '{"Newer": 1}'`,
      'has no Newer',
    ],
    ['a new option', 'aws s3 cp --newer here s3://there', '--newer is no option'],
    [
      'a new value',
      `aws sagemaker create-processing-job --processing-resources '{"ClusterConfig":{"InstanceCount":1,"InstanceType":"ml.z99.large","VolumeSizeInGB":1}}'`,
      'has no ml.z99.large',
    ],
    ['a command of version 2', 'aws logs tail /group --follow', 'not in version'],
    [
      'a command inside another',
      'until [ "$(aws glue get-crawler --title x --query "State")" = READY ]; do sleep 1; done',
      '--title is no option',
    ],
    ['a pipe after it', `aws glue get-crawler --named 'a b' | head`, '--named is no option'],
    ['a command that nobody looked up', 'aws glue get-blueprint --name x', 'nobody has looked it up'],
    ['one that lacks what it needs', 'aws glue get-crawler', '--name is missing'],
  ])('%s', (_what, script, fault) => {
    const found = commandsIn(script, services).flatMap((words) => faultsOf(words, true));
    expect(found.join('\n')).toContain(fault);
  });

  test('and one that it understands is not', () => {
    const script = `x=$(aws glue start-crawler --name "$name" --query 'a' 2>/dev/null) && aws cloudformation wait stack-update-complete --stack-name x > y`;
    expect(commandsIn(script, services).flatMap((words) => faultsOf(words, true))).toEqual([]);
  });
});
