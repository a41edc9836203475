/** Models that an endpoint cannot serve, requests that a model cannot answer, and one that fails only in production. */
import { UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { readTarGz } from '../../lib/aws/archive';
import { versionsOf } from '../../lib/aws/versions';
import { flawedArchive } from '../../labs/deployment/model/archive';
import { endpointStackOf } from '../../labs/deployment/endpoint/serving';
import { smokeTestFlights } from '../../labs/deployment/approval/smoke-test';
import { waitForStack } from '../../labs/deployment/endpoint/stack-update';
import { GOOD, RAISES, Releasing, remade, scripted, type End } from './releasing';

let lab: Releasing;
let first: string;
let flight: string;
beforeAll(async () => {
  lab = await Releasing.open({ build: 'lambda' });
  first = await lab.register(GOOD, 'The first.');
  await lab.promote(first);
  flight = (await smokeTestFlights(await lab.stage.run(), lab.place)).bodies[0]!;
});
afterAll(() => lab?.close());

interface Said {
  readonly status?: number;
  readonly error?: string;
  readonly original?: number;
  readonly text: string;
}

/** Asks production. */
async function ask(Body: string | Buffer, ContentType = 'text/csv'): Promise<Said> {
  try {
    const answer = await lab.stage.target.clients.sagemakerRuntime.send(
      new InvokeEndpointCommand({ EndpointName: lab.place.production.endpoint, ContentType, Accept: 'text/csv', Body }),
    );
    return { status: 200, text: Buffer.from(answer.Body).toString() };
  } catch (error) {
    const { name, message, $metadata, OriginalStatusCode, OriginalMessage } = error as Error & {
      $metadata?: { httpStatusCode?: number };
      OriginalStatusCode?: number;
      OriginalMessage?: string;
    };
    return {
      status: $metadata?.httpStatusCode,
      error: name,
      original: OriginalStatusCode,
      text: OriginalMessage ?? message,
    };
  }
}

const PROBABILITY = /^0\.\d{6}\n$/;

describe('a request that is none', () => {
  const columns = (count: number) => flight.split(',').slice(0, count).join(',');
  test.each<[string, () => string | Buffer, string, Partial<Said>, RegExp]>([
    ['an empty body', () => '', 'text/csv', { status: 424, original: 400 }, /body is empty/],
    ['an empty line', () => '\n', 'text/csv', { status: 424, original: 400 }, /body is empty/],
    [
      'JSON',
      () => '{"temp": 3}',
      'application/json',
      { status: 424, original: 415 },
      /application\/json.* Send text\/csv/,
    ],
    ['JSON that says it is CSV', () => '{"temp": 3}', 'text/csv', { status: 424, original: 400 }, /has 1 columns/],
    [
      'two columns',
      () => columns(2),
      'text/csv',
      { status: 424, original: 400 },
      /Flight 1 has 2 columns; the model needs \d+/,
    ],
    ['a column too many', () => `${flight},1`, 'text/csv', { status: 424, original: 400 }, /columns; the model needs/],
    [
      'one flight short among good ones',
      () => `${flight}\n${columns(3)}`,
      'text/csv',
      { status: 424, original: 400 },
      /Flight 2 has 3 columns/,
    ],
    [
      'a word',
      () => flight.replace(/^[^,]*/, 'late'),
      'text/csv',
      { status: 424, original: 400 },
      /'late' is no number/,
    ],
    [
      'no text at all',
      () => Buffer.from([0xff, 0xfe, 0x00, 0x81]),
      'text/csv',
      { status: 424, original: 400 },
      /Flight 1 has 1 columns/,
    ],
    [
      'more than 6 MB',
      () => `${flight}\n`.repeat(Math.ceil((6 * 1024 * 1024 + 1) / flight.length)),
      'text/csv',
      { original: undefined },
      /\d/,
    ],
  ])('%s is refused with a reason, and gets no score', async (_what, body, type, status, says) => {
    const said = await ask(body(), type);
    expect(said).toMatchObject({ ...status, error: expect.stringMatching(/^(ModelError|ValidationError)$/) });
    expect(said.text).toMatch(says);
    expect(said.status).toBeGreaterThanOrEqual(400);
  });

  test('and the one after them is answered', async () => {
    expect(await ask(flight)).toMatchObject({ status: 200, text: expect.stringMatching(PROBABILITY) });
  });
});

describe('a model that no endpoint can serve', () => {
  test.each<[string, () => Buffer, RegExp, string[]]>([
    [
      'cut off half-way',
      () => flawedArchive(GOOD, 'broken'),
      /^Verify: .*\b(load|pars|cut off|read)/i,
      ['Source', 'Verify'],
    ],
    ['no archive', () => Buffer.from('a model'), /^Verify: .*cannot be (unpacked|read)/, ['Source', 'Verify']],
    [
      'without a script',
      () => remade({ 'code/inference.py': undefined }),
      /^Verify: .*no code\/inference\.py/,
      ['Source', 'Verify'],
    ],
  ])('%s: stops at Verify', async (what, archive, says, stages) => {
    const end = await lab.end(await lab.release(await lab.register(archive(), what)));
    expect(end).toMatchObject({ status: 'Failed', stages, stop: expect.stringMatching(says) });
    expect(await lab.serving()).toBe(first);
  });

  test('whose script raises when it loads never gets in service: stops at Staging, with the command that shows its log', async () => {
    const archive = scripted(`def model_fn(model_dir):\n    raise RuntimeError("no such library")`);
    const id = await lab.release(await lab.register(archive, 'Does not come up.'));
    const end = await lab.end(id);
    expect(end).toMatchObject({
      status: 'Failed',
      stages: ['Source', 'Verify', 'Staging'],
      stop: expect.stringMatching(/^Staging: Endpoint: .*ping health check/),
    });
    const told = await lab.told(id);
    const logGroupName = `/aws/sagemaker/Endpoints/${lab.place.staging.endpoint}`;
    expect(told).toContain(`aws logs filter-log-events --log-group-name ${logGroupName} `);
    const { events } = await lab.stage.target.clients.logs.send(new FilterLogEventsCommand({ logGroupName }));
    expect(events?.map(({ message }) => message).join('\n')).toContain('no such library');
    expect(await lab.serving()).toBe(first);
    expect(await ask(flight)).toMatchObject({ status: 200 });
  });

  test('the next good one passes where that failed', async () => {
    const id = await lab.release(await lab.register(scripted('# as before'), 'Good again.'));
    await lab.until(id, 'Approval', 'InProgress');
    await lab.answer(id, 'Rejected');
    await lab.end(id);
  });
});

/** Asks production about a flight of 999 degrees, again and again, while something goes on. @returns what was refused */
async function asking(work: () => Promise<void>): Promise<readonly Said[]> {
  const odd = flight.replace(/^[^,]*/, '999');
  const failures: Said[] = [];
  let going = true;
  const callers = [1, 2].map(async () => {
    while (going) {
      const said = await ask(odd);
      if (said.status !== 200) failures.push(said);
      await lab.stage.target.clock.sleep(20);
    }
  });
  try {
    await work();
  } finally {
    going = false;
    await Promise.all(callers);
  }
  return failures;
}

test('a model that raises for some flights passes every test; in production the alarm brings the old one back, and the release says so', async () => {
  const odd = flight.replace(/^[^,]*/, '999');
  expect(await ask(odd)).toMatchObject({ status: 200 });
  const raising = await lab.register(scripted(RAISES), 'Raises for some flights.');
  const id = await lab.release(raising);
  await lab.answer(id, 'Approved', 'AUC as before.');
  let end: End | undefined;
  const failures = await asking(async () => void (end = await lab.end(id)));
  expect(failures.length).toBeGreaterThanOrEqual(5);
  expect(failures[0]).toMatchObject({ status: 424, error: 'ModelError', original: 500 });
  expect(end).toMatchObject({ status: 'Failed', stop: expect.stringMatching(/^Production: Endpoint: .*rolled back/) });
  expect(await lab.serving()).toBe(first);
  expect(await ask(odd)).toMatchObject({ status: 200, text: expect.stringMatching(PROBABILITY) });
  expect(await lab.told(id)).toMatch(
    /an alarm rang, and SageMaker put the old one back.*describe-alarms --alarm-name-prefix/,
  );
});

describe('a version that raises in production where nobody asked while it baked', () => {
  const thin = remade({
    'model.json': readTarGz(flawedArchive(GOOD, 'thin')).get('model.json')!.toString(),
    'code/inference.py': `${readTarGz(GOOD).get('code/inference.py')!.toString()}\n\n${RAISES}\n`,
  });

  /** The state of production's alarm on errors. */
  async function alarm(): Promise<string | undefined> {
    const AlarmNames = [`${lab.place.production.endpoint}-errors`];
    const { cloudwatch } = lab.stage.target.clients;
    return (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames }))).MetricAlarms?.[0]?.StateValue;
  }

  /** Lets what failed before be ten minutes old: an alarm that still rings takes the next update back. */
  async function quiet(): Promise<void> {
    await lab.stage.cloud.elapse(600);
    await lab.wait('a quiet alarm', async () => ((await alarm()) === 'ALARM' ? undefined : true));
  }

  test('an update that the alarms guard is rolled back, for they ring; the step `rollback` comes through', async () => {
    await quiet();
    const run = await lab.stage.run();
    for (const { ModelPackageArn, ModelApprovalStatus } of await versionsOf(run, lab.place.group)) {
      if (ModelApprovalStatus === 'Approved' && ModelPackageArn !== first)
        await lab.decide(ModelPackageArn!, 'Rejected', 'No model for callers.');
    }
    const arn = await lab.register(thin, 'Thin, and raises.', 0.7251);
    await lab.promote(arn);
    const failures = await asking(async () => {
      await lab.wait('the alarm', async () => ((await alarm()) === 'ALARM' ? true : undefined));

      const { parameters } = (await endpointStackOf(run, lab.place.production))!;
      await lab.stage.target.clients.cloudformation.send(
        new UpdateStackCommand({
          StackName: lab.place.production.stack,
          UsePreviousTemplate: true,
          Parameters: Object.keys(parameters).map((ParameterKey) =>
            ParameterKey === 'ModelPackageArn'
              ? { ParameterKey, ParameterValue: first }
              : { ParameterKey, UsePreviousValue: true },
          ),
        }),
      );
      expect(await waitForStack(run, lab.place.production)).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(await lab.serving()).toBe(arn);

      lab.stage.write(
        'rollback.json',
        JSON.stringify({
          version: 1,
          parameter: 'ModelPackageArn',
          reason: 'It raises, and its AUC is 0.73, not 0.77.',
        }),
      );
      expect(await alarm()).toBe('ALARM');
      await lab.stage.act('rollback');
    });
    expect(failures.length).toBeGreaterThanOrEqual(5);
    expect(await lab.serving()).toBe(first);
    expect(await lab.stage.check('rollback')).toMatchObject({ done: true });
  });

  test('the next release is guarded again: of the same version, and of another', async () => {
    const unguarded = async () =>
      (await endpointStackOf(await lab.stage.run(), lab.place.production))!.parameters.Unguarded;
    expect(await unguarded()).toBe(first);
    await quiet();
    const same = await lab.start(first);
    await lab.answer(same, 'Approved');
    expect(await lab.end(same)).toMatchObject({ status: 'Succeeded' });
    expect(await unguarded()).toBe('none');
    expect(await lab.serving()).toBe(first);

    const next = await lab.register(scripted('# guarded again'), 'Guarded again.');
    const id = await lab.release(next);
    await lab.answer(id, 'Approved');
    await lab.until(id, 'Production', 'InProgress');
    const { LastDeploymentConfig } = await lab.wait('the changeover', async () => {
      const found = await lab.stage.target.clients.sagemaker.send(
        new DescribeEndpointCommand({ EndpointName: lab.place.production.endpoint }),
      );
      return found.EndpointStatus === 'Updating' ? found : undefined;
    });
    expect(LastDeploymentConfig?.AutoRollbackConfiguration?.Alarms).toHaveLength(2);
  });
});
