/** A learner who releases with the stock AWS CLI and answers wrongly on the way: each check must see it and say so. */
import { ListPipelineExecutionsCommand } from '@aws-sdk/client-codepipeline';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { consumersPick, numberOf, versionsOf } from '../../lib/aws/versions';
import { resourcesOf } from '../../labs/deployment/resources';
import { servingAt } from '../../labs/deployment/endpoint/serving';
import { Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open('deployment');
  await stage.up();
});
afterAll(() => stage?.close());

/** Runs the commands that --explain prints, each in a shell of its own. */
async function type(id: string): Promise<void> {
  for (const line of stage.step(id).explain(await stage.run())) {
    expect({ line, ...stage.shell(line) }).toMatchObject({ status: 0 });
  }
}

/** Does a step with the AWS CLI; its check was not done and is done. */
async function byHand(id: string): Promise<void> {
  expect((await stage.check(id)).done).toBe(false);
  await type(id);
  expect(await stage.check(id)).toMatchObject({ done: true });
}

async function told(id: string): Promise<string> {
  const { done, saw, next } = await stage.check(id);
  return `${done ? 'done' : 'not done'}: ${saw} ${next}`;
}

async function releases(): Promise<number> {
  const { codepipeline } = stage.target.clients;
  const pipelineName = resourcesOf(await stage.run()).pipeline;
  const { pipelineExecutionSummaries } = await codepipeline.send(new ListPipelineExecutionsCommand({ pipelineName }));
  return pipelineExecutionSummaries!.length;
}

test.each([
  ['release', /No version of mla-labs-deployment-me waits.*step deployment source/],
  ['staging', /No version of mla-labs-deployment-me is approved.*step deployment release/],
  ['promote', /No version of mla-labs-deployment-me is approved.*step deployment release/],
  ['invoke', /no endpoint mla-labs-deployment-me--production.*check deployment promote/],
  ['break', /no endpoint mla-labs-deployment-me--production.*check deployment promote/],
  ['rollback', /no endpoint mla-labs-deployment-me--production.*check deployment promote/],
])('%s before all else: refused, with the command that comes first', async (id, says) => {
  expect(await stage.failure(id)).toMatch(says);
});

describe('source', () => {
  test('with the AWS CLI', () => byHand('source'));

  test('a source that is no zip: the check says so, and the pipeline stops at once', async () => {
    const place = resourcesOf(await stage.run());
    await stage.target.clients.s3.send(
      new PutObjectCommand({ Bucket: place.sourceBucket, Key: 'source.zip', Body: 'hello' }),
    );
    expect(await told('source')).toMatch(/^not done: s3:\S+source\.zip is no zip file/);
  });

  test('again: the model is registered once, and the new source starts one release', async () => {
    const before = await releases();
    await stage.act('source');
    expect(await told('source')).toMatch(/^done: Version 1 .*stopped at Verify, as it should: No version/);
    expect(await releases()).toBeGreaterThan(before);
    expect(await versionsOf(await stage.run(), resourcesOf(await stage.run()).group)).toHaveLength(1);
  });
});

test('release, with the AWS CLI', () => byHand('release'));

test('release again while it is under way: nothing is started twice', async () => {
  const before = await releases();
  await stage.act('release');
  expect(await releases()).toBe(before);
});

test('staging, with the AWS CLI', async () => {
  await type('staging');
  expect(await told('staging')).toMatch(/^done: Version 1 passed the smoke test: AUC 0\.\d{4} through staging/);
});

describe('promote', () => {
  test('rejected: the release ends there, production is not made, and another one can be started', async () => {
    const { pipeline } = resourcesOf(await stage.run());
    const token = `aws codepipeline get-pipeline-state --name ${pipeline} --query "stageStates[?stageName=='Approval']|[0].actionStates[0].latestExecution.token" --output text`;
    const reject = `aws codepipeline put-approval-result --pipeline-name ${pipeline} --stage-name Approval --action-name Approve --token "$(${token})" --result "status=Rejected,summary='Not on a Friday.'"`;
    expect(stage.shell(reject)).toMatchObject({ status: 0 });
    expect(await stage.failure('promote')).toMatch(
      /stopped at Approval, action Approve: .*Somebody rejected it.*release it again: \.\/lab step deployment release/,
    );
    expect(await told('promote')).toMatch(/^not done: .*stopped at Approval/);
    await stage.act('release', 'staging');
  });

  test('two releases at once: the newer waits for the older to leave the stage, and both are named', async () => {
    const { pipeline, group } = resourcesOf(await stage.run());
    const state = `aws codepipeline get-pipeline-state --name ${pipeline} --query "stageStates[?stageName=='Approval']|[0].latestExecution.pipelineExecutionId" --output text`;
    const older = stage.shell(state).output.trim();
    const version = `$(aws sagemaker list-model-packages --model-package-group-name ${group} --query 'ModelPackageSummaryList[0].ModelPackageArn' --output text)`;
    const start = `aws codepipeline start-pipeline-execution --name ${pipeline} --variables name=ModelPackageArn,value=${version}`;
    expect(stage.shell(start)).toMatchObject({ status: 0 });
    await stage.act('staging');
    const said = await stage.failure('promote');
    expect(said).toMatch(new RegExp(`waits to enter Approval: the older release ${older} is in it`));
    const [stop] = /aws codepipeline stop-pipeline-execution .*?waits\.'/.exec(said)!;
    expect(stage.shell(stop)).toMatchObject({ status: 0 });
  });

  test('with the AWS CLI', () => byHand('promote'));
});

describe('invoke', () => {
  test('with the AWS CLI', () => byHand('invoke'));

  test('answers in another order are other answers', async () => {
    const { bucket } = resourcesOf(await stage.run());
    const file = `s3://${bucket}/results/invoke/answers.csv`;
    stage.shell(`aws s3 cp ${file} a.csv && sort a.csv | aws s3 cp - ${file}`);
    expect(await told('invoke')).toMatch(/^not done: .* of 200 answers differ, flight \d+ first/);
    await stage.act('invoke');
    expect(await told('invoke')).toMatch(/^done/);
  });
});

describe('break', () => {
  test('with the AWS CLI', () => byHand('break'));

  const right = {
    broken: { stage: 'Verify', action: 'Verify', reason: 'The model cannot be loaded.' },
    worse: { stage: 'SmokeTest', action: 'SmokeTest', reason: 'The AUC is below the floor.' },
  };
  const wrong: [string, unknown, RegExp][] = [
    ['the template as it is', { broken: { stage: '', action: '', reason: '' } }, /broken: "" is no stage/],
    ['half of it', { broken: right.broken }, /lacks worse/],
    [
      'names in small letters and spaces around, and another reason',
      { ...right, broken: { stage: ' verify', action: 'verify ', reason: 'Its AUC is too low.' } },
      /broken release did stop at Verify, but not for an AUC/,
    ],
    [
      'a stage that there is not',
      { ...right, worse: { ...right.worse, stage: 'Test' } },
      /"Test" is no stage.*Staging/,
    ],
    [
      'another stage',
      { ...right, worse: { ...right.worse, stage: 'Staging' } },
      /worse release did not stop at Staging/,
    ],
    [
      'another reason',
      { ...right, broken: { ...right.broken, reason: 'Its AUC is too low.' } },
      /broken release did stop at Verify, but not for an AUC/,
    ],
    [
      'a reason without one',
      { ...right, worse: { ...right.worse, reason: 'It went wrong.' } },
      /does not say what failed/,
    ],
  ];
  test.each(wrong)('%s: not done, and the right answer is not told', async (_what, answers, says) => {
    stage.write('break.json', JSON.stringify(answers));
    const said = await told('break');
    expect(said).toMatch(/^not done: Both releases were stopped/);
    expect(said).toMatch(says);
  });

  test('no JSON, no file: said plainly; the releases are not made again', async () => {
    stage.write('break.json', 'Verify and SmokeTest');
    expect(await told('break')).toMatch(/^not done: .*it is no JSON/);
    const before = await releases();
    stage.writeSolution('break');
    await stage.act('break');
    expect(await releases()).toBe(before);
    expect(await told('break')).toMatch(/^done/);
  });
});

describe('rollback', () => {
  test('with an empty answer, the worse version goes to production all the same', async () => {
    stage.write('rollback.json', '{"version":0,"parameter":"","reason":""}');
    expect(await stage.failure('rollback')).toMatch(/version 4 \(AUC 0\.7\d+\) is in production, and version is 0/);
    expect(await told('rollback')).toMatch(/^not done: Production serves version 4, with an AUC/);
  });

  const wrong: [string, Record<string, unknown>, RegExp][] = [
    ['the broken version', { version: 2 }, /version 2 is Rejected \("Its release was stopped/],
    ['the one that serves', { version: 4 }, /version 4 .* is what serves now/],
    ['one that there is not', { version: 9 }, /there is no version 9; there is 1, 2, 3 and 4/],
    ['another parameter', { parameter: 'EndpointName' }, /EndpointName does not say which version serves/],
    ['no parameter of the stack', { parameter: 'Version' }, /no parameter "Version"; it has .*ModelPackageArn/],
    ['no figure', { reason: 'It is much worse.' }, /names no figure/],
    [
      'a figure that nobody measured',
      { reason: 'AUC 0.55 where it was 0.77.' },
      /reason says 0\.55, which is not within/,
    ],
  ];
  test.each(wrong)('%s: nothing is changed', async (_what, change, says) => {
    const answer = { version: 1, parameter: 'ModelPackageArn', reason: 'AUC 0.73 where it was 0.77.', ...change };
    stage.write('rollback.json', JSON.stringify(answer));
    expect(await stage.failure('rollback')).toMatch(says);
    const run = await stage.run();
    expect((await servingAt(run, resourcesOf(run).production))!.version).toMatch(/\/4$/);
  });

  test('only production, without the registry: a consumer would bring the worse one back', async () => {
    const run = await stage.run();
    const { production, group } = resourcesOf(run);
    stage.writeSolution('rollback');
    const commands = stage.step('rollback').explain(run).at(-1)!;
    expect(stage.shell(commands.slice(0, commands.lastIndexOf(' &&\n')))).toMatchObject({ status: 0 });
    expect((await servingAt(run, production))!.version).toMatch(/\/1$/);
    expect(await told('rollback')).toMatch(/^not done: .*takes 4: the next release would bring that.*Reject version 4/);
    // As where the step was broken off right then: to release version 4 again would undo the rollback.
    expect(await told('promote')).toMatch(
      /^not done: The release passed, but .* serves version 1, not version 4\. Version 4 is bad on purpose: the step rollback made it.*Go on with it: \.\/lab step deployment rollback/,
    );
    expect(await stage.failure('promote')).toMatch(/Version 4.* is bad on purpose.*step deployment rollback/);
    expect(await stage.failure('release')).toMatch(/Version 4.* is bad on purpose.*step deployment rollback/);
    expect(numberOf(consumersPick(await versionsOf(run, group))!)).toBe(4);
    expect(
      stage.shell(
        `bad=${group}\n${commands.slice(commands.lastIndexOf(' &&\n') + 4).replace('"$bad"', `arn:aws:sagemaker:us-east-1:${run.account}:model-package/${group}/4`)}`,
      ),
    ).toMatchObject({ status: 0 });
    expect(await told('rollback')).toMatch(/^done: Production serves version 1 .* each answered/);
  });

  test('a log with a failed request proves that callers noticed', async () => {
    const { bucket } = resourcesOf(await stage.run());
    const folder = `s3://${bucket}/results/rollback/`;
    const newest = `$(aws s3 ls ${folder} | awk '{print $4}' | sort | tail -1)`;
    stage.shell(
      `aws s3 cp ${folder}${newest} log.csv && sed '3s/[^,]*$/ModelError: 500/' log.csv | aws s3 cp - ${folder}zz.csv`,
    );
    expect(await told('rollback')).toMatch(/^not done: 1 request of \d+ got no answer, the first at .*ModelError/);
    stage.shell(`aws s3 rm ${folder}zz.csv`);
    expect(await told('rollback')).toMatch(/^done/);
  });

  test('again: nothing is rolled back twice', async () => {
    const before = await releases();
    await stage.act('rollback');
    expect(await releases()).toBe(before);
    expect(await told('rollback')).toMatch(/^done/);
  });

  test('every earlier step is still done, or says what came since', async () => {
    for (const id of ['source', 'release', 'staging', 'promote', 'invoke', 'break']) {
      expect({ id, ...(await stage.check(id)) }).toMatchObject({ id, done: true });
    }
  });
});
