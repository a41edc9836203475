import { World } from './fakes';

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.clean());

const lifeOf = (log: readonly string[]): string[] =>
  log
    .filter((line) => /^(open|bootstrap|deploy|remove arn|close)/.test(line))
    .map((line) => line.split(' ').slice(0, 2).join(' '));

describe('a rehearsal', () => {
  test('takes the modes of the labs that it names, and no others', async () => {
    Object.assign(world.lab, {
      modes: [{ name: 'compute', values: ['training', 'processing'], default: 'training', summary: '' }],
    });
    expect((await world.run('rehearse data-prep --compute processing')).code).toBe(0);
    expect(world.cloud.log).toContain('synthesize data-prep me {"compute":"processing"}');
    const wrong = await world.run('rehearse data-prep --compute moon');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('It takes training or processing');
    expect((await world.run('rehearse data-prep --build lambda')).code).toBe(2);
  });

  test('shows AWS as the faces say that are asked for, one or several, and only on this machine', async () => {
    await world.run('rehearse data-prep --face throttled --face slow');
    expect(world.cloud.log).toContain('open local private throttled,slow');
    const wrong = await world.run('rehearse data-prep --target aws --face throttled');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('Only the local cloud has faces');
    expect(wrong.err).toContain('./lab rehearse data-prep --face throttled');
  });

  test('goes from up through every step to down in a private cloud, and reports exactly the agreed shape', async () => {
    world.cloud.bootstrapped = false;
    const result = await world.run('rehearse --json');
    expect(result.code).toBe(0);
    expect(result.json()).toEqual({
      labs: [
        {
          lab: 'data-prep',
          ok: true,
          steps: [
            {
              id: 'load',
              ok: true,
              seconds: expect.any(Number),
              before: { done: false, saw: 'No object.' },
              after: { done: true, saw: 'One object.' },
            },
            {
              id: 'ask',
              ok: true,
              seconds: expect.any(Number),
              before: { done: false, saw: 'It is not 42.' },
              after: { done: true, saw: 'It is 42.' },
            },
          ],
          checks: { passed: 2, failed: 0 },
          seconds: {
            up: expect.any(Number),
            steps: expect.any(Number),
            down: expect.any(Number),
            total: expect.any(Number),
          },
          denied: [],
          invalid: [],
          leftovers: [],
          residue: ['metrics'],
        },
      ],
      seconds: expect.any(Number),
      peakRssMiB: expect.any(Number),
    });
    expect(lifeOf(world.cloud.log)).toEqual([
      'open local',
      'bootstrap',
      'deploy MlaLabs-DataPrep',
      'remove arn:aws:cloudformation:us-east-1:000000000000:stack/MlaLabs-DataPrep/1',
      'close',
    ]);
    expect(world.cloud.log).toContain('open local private');
  });

  describe('where the cloud can let time pass over its schedules', () => {
    const rehearsed = async () => {
      const result = await world.run('rehearse --json');
      const [lab] = result.json().labs;
      return { code: result.code, err: result.err, lab };
    };

    test('each check is asked again after the last step, and says done still', async () => {
      world.cloud.schedules = async () => undefined;
      const { code, lab } = await rehearsed();
      expect(code).toBe(0);
      expect(
        lab.steps.map(({ id, ok, again }: { id: string; ok: boolean; again: object }) => ({ id, ok, again })),
      ).toEqual([
        { id: 'load', ok: true, again: { done: true, saw: 'One object.' } },
        { id: 'ask', ok: true, again: { done: true, saw: 'It is 42.' } },
      ]);
      const passed = world.cloud.log.findIndex((line) => line.startsWith('pass '));
      // An hourly schedule at any minute, for the whole hour before, has looked at what the last step left.
      expect(Number(world.cloud.log[passed]!.split(' ')[1])).toBeGreaterThanOrEqual(80 * 60);
      expect(passed).toBeLessThan(world.cloud.log.findIndex((line) => line.startsWith('remove arn')));
    });

    test.each([
      ['the first step', 'raw/one', ['load'], { done: false, saw: 'No object.' }],
      ['the last step', 'answer/42', ['ask'], { done: false, saw: 'It is not 42.' }],
    ])('what a schedule undoes of %s fails it', async (_which, thing, undone, again) => {
      world.cloud.schedules = async () => void world.cloud.things.delete(thing);
      const { code, lab, err } = await rehearsed();
      expect(code).toBe(1);
      expect(lab).toMatchObject({ ok: false, checks: { passed: 1, failed: 1 } });
      const failed = lab.steps.filter(({ ok }: { ok: boolean }) => !ok);
      expect(failed).toMatchObject(undone.map((id) => ({ id, after: { done: true }, again })));
      expect(err).toContain(`once its schedules had run: not done. ${again.saw}`);
    });

    test('a check that cannot look by then fails its step, and the others are still asked', async () => {
      world.cloud.schedules = async () => {
        world.lab.steps[0]!.check = async () => {
          throw Object.assign(new Error('User: x is not authorized to perform: s3:ListBucket'), {
            name: 'AccessDenied',
          });
        };
      };
      const { lab } = await rehearsed();
      expect(lab.steps).toMatchObject([
        { ok: false, again: { done: false, saw: expect.stringContaining('s3:ListBucket') as string } },
        { ok: true, again: { done: true } },
      ]);
    });

    test('a schedule that fails to run is the machine’s failure, and the lab is taken down', async () => {
      world.cloud.schedules = async () => {
        throw new Error('the schedule x: AccessDeniedException');
      };
      const { code, lab } = await rehearsed();
      expect(code).toBe(4);
      expect(lab.error).toContain('the schedule x: AccessDeniedException');
      expect(world.cloud.stacks).toEqual([]);
    });

    test('a lab that did not come to its last step is not asked again', async () => {
      world.cloud.schedules = async () => undefined;
      world.lab.steps[0]!.act = async () => undefined;
      const { lab } = await rehearsed();
      expect(lab.steps).toEqual([expect.not.objectContaining({ again: expect.anything() as object })]);
      expect(world.cloud.log.some((line) => line.startsWith('pass '))).toBe(false);
    });
  });

  test('means this machine, even where LAB_TARGET says aws', async () => {
    await world.run('rehearse data-prep', { env: { LAB_TARGET: 'aws' } });
    expect(world.cloud.log).toContain('open local private');
    expect(world.cloud.log).not.toContain('open aws');
  });

  test("does not touch the learner's own work", async () => {
    await world.run('rehearse data-prep');
    const { existsSync } = await import('node:fs');
    expect(existsSync(world.work('.'))).toBe(false);
  });

  test('a step that an earlier one sets going is looked at before that, as it may come about by itself', async () => {
    const [load, ask] = world.lab.steps;
    Object.assign(ask!, { begunBy: 'load' });
    const act = load!.act;
    load!.act = async (run) => {
      await act(run);
      world.cloud.things.add('answer/42');
    };
    const { code, json } = await world.run('rehearse data-prep --json');
    expect(code).toBe(0);
    expect(json().labs[0].steps[1]).toMatchObject({
      id: 'ask',
      ok: true,
      before: { done: false, saw: 'It is not 42.' },
    });
  });

  test('a check that is done before its step fails the step', async () => {
    world.cloud.things.add('raw/one');
    world.lab.steps[0]!.check = async () => ({ done: true, saw: 'Always well.', next: '' });
    const result = await world.run('rehearse --json');
    expect(result.code).toBe(1);
    expect(result.json().labs[0]).toMatchObject({
      ok: false,
      checks: { passed: 0, failed: 1 },
      steps: [{ id: 'load', ok: false, before: { done: true } }],
    });
  });

  test('a step that fails ends the further steps but not the taking down', async () => {
    world.lab.steps[0]!.act = async () => {
      throw Object.assign(
        new Error(
          'User: arn:aws:iam::0:user/x is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::b because no policy',
        ),
        { name: 'AccessDenied' },
      );
    };
    world.cloud.deniedLines.push({ principal: 'before', action: 'a', resource: 'b' });
    const result = await world.run('rehearse --json');
    expect(result.code).toBe(1);
    const [lab] = result.json().labs;
    expect(lab.steps).toHaveLength(1);
    expect(lab.steps[0].after.saw).toContain('may not s3:PutObject');
    expect(result.err).toContain('Next: ./lab up data-prep --target local, then its steps');
    expect(lab.error).toBeUndefined();
    expect(lab.denied).toEqual([]);
    expect(world.cloud.stacks).toEqual([]);
    expect(result.err).toContain('1 further steps are not rehearsed');
  });

  test('what IAM refused during the lab is listed, each once, and fails it though its checks passed', async () => {
    const act = world.lab.steps[0]!.act;
    world.lab.steps[0]!.act = async (run) => {
      await act(run);
      world.cloud.deniedLines.push(
        ...[1, 2].map(() => ({ principal: 'role/job', action: 's3:PutObject', resource: 'raw/' })),
      );
    };
    const result = await world.run('rehearse --json');
    expect(result.code).toBe(1);
    expect(result.json().labs[0]).toMatchObject({ ok: false, checks: { passed: 2, failed: 0 } });
    expect(result.json().labs[0].denied).toEqual([{ principal: 'role/job', action: 's3:PutObject', resource: 'raw/' }]);
    expect(result.err).toContain('IAM refused: role/job s3:PutObject on raw/');
  });

  test('a request that AWS would refuse by its own model, and an answer that it would not give, fail the lab and are named', async () => {
    const of = { principal: 'role/job', client: 'Boto3/1', operation: 's3:PutObject', member: 'acl' };
    world.cloud.invalidOnes.push({ ...of, side: 'request', problem: 'Value x: of a lab before' });
    const act = world.lab.steps[0]!.act;
    world.lab.steps[0]!.act = async (run) => {
      await act(run);
      world.cloud.invalidOnes.push(
        { ...of, side: 'request', problem: 'Value y' },
        { ...of, side: 'answer', member: '', problem: 'no XML' },
      );
    };
    const result = await world.run('rehearse --json');
    expect(result.code).toBe(1);
    expect(result.json().labs[0]).toMatchObject({
      ok: false,
      invalid: [{ problem: 'Value y' }, { problem: 'no XML' }],
    });
    expect(result.err).toContain('Not as AWS has it: s3:PutObject by role/job (Boto3/1), acl: Value y');
    expect(result.err).toContain('Not as AWS has it: the answer to s3:PutObject: no XML');
  });

  test('what the lab left is found by the raw inventory, though no kind knows it', async () => {
    const act = world.lab.steps[0]!.act;
    world.lab.steps[0]!.act = async (run) => {
      await act(run);
      world.cloud.unknown.add('sqs/forgotten');
    };
    const result = await world.run('rehearse --json');
    expect(result.code).toBe(1);
    expect(result.json().labs[0]).toMatchObject({
      ok: false,
      checks: { passed: 2, failed: 0 },
      leftovers: ['sqs/forgotten'],
    });
  });

  test('what was there before is not the lab’s', async () => {
    world.cloud.unknown.add('sqs/older');
    expect((await world.run('rehearse --json')).json().labs[0].leftovers).toEqual([]);
  });

  test('what refuses to go is left over', async () => {
    world.cloud.stuck.set('raw/one', 'locked');
    const result = await world.run('rehearse --json');
    expect(result.code).toBe(1);
    expect(result.json().labs[0].leftovers).toEqual(['s3:object raw/one: locked', 'raw/one']);
  });

  test('a deployment that fails is the machine’s failure, and what it left half-made is removed', async () => {
    world.cloud.deployFails = Object.assign(new Error('failed'), {
      reason: 'Bucket (AWS::S3::Bucket): taken',
      type: 'deployment',
    });
    const result = await world.run('rehearse --json');
    expect(result.code).toBe(4);
    expect(result.json().labs[0]).toMatchObject({ ok: false, steps: [], leftovers: [] });
    expect(result.json().labs[0].error).toContain('Bucket (AWS::S3::Bucket): taken');
    expect(world.cloud.stacks).toEqual([]);
    expect(world.cloud.log.at(-1)).toBe('close');
  });

  test('a cloud that does not start is the machine’s failure', async () => {
    (world.deps as { openTarget: unknown }).openTarget = async () => {
      throw Object.assign(new Error('listen EADDRINUSE: address already in use 127.0.0.1:4566'), {
        code: 'EADDRINUSE',
      });
    };
    const { code, err } = await world.run('rehearse');
    expect(code).toBe(4);
    expect(err).toContain('A port of this machine is busy');
  });

  test('on aws it asks, and refuses where nobody can answer', async () => {
    const refused = await world.run('rehearse data-prep --target aws');
    expect(refused.code).toBe(3);
    expect(refused.out.replace(/\s+/g, ' ')).toContain('in the account 123456789012');
    expect(refused.out.replace(/\s+/g, ' ')).toContain('each lab removes itself after 8 h');
    expect(world.cloud.stacks).toEqual([]);
    expect((await world.run('rehearse data-prep --target aws', { typed: ['y'] })).code).toBe(0);
    expect(world.cloud.log).not.toContain('open local private');
  });

  test("on aws it does not take away a learner's own lab", async () => {
    world.cloud.addStack();
    const { code } = await world.run('rehearse data-prep --target aws --yes');
    expect(code).toBe(4);
    expect(world.cloud.stacks).toHaveLength(1);
  });

  test('an unknown lab starts nothing', async () => {
    expect((await world.run('rehearse data-prep trainin')).code).toBe(2);
    expect(world.cloud.log).toEqual([]);
  });
});
