import type { JobRun } from '@aws-sdk/client-glue';
import { JobRuns, type JobRunOptions } from '../../../../local-cloud/services/glue/jobRun';
import { FakeCloud, ROLE, until } from './fakeCloud';

const FOREVER = 'import signal, sys\nprint("ready", flush=True)\nsignal.pause()\n';
const LOGS = '/mla-labs/data-prep/me/jobs';

let cloud: FakeCloud;
let runs: JobRuns;

/** A Python shell job: the same runner as for Spark, without the seconds that Spark takes to start. */
function given(script: string, job: Record<string, unknown> = {}, options: JobRunOptions = {}): void {
  cloud.put('assets/job.py', script);
  cloud.definitions.set('GetJob/transform', {
    Job: {
      Name: 'transform',
      Role: ROLE,
      CreatedOn: 0,
      GlueVersion: '6.0',
      WorkerType: 'G.1X',
      NumberOfWorkers: 2,
      Timeout: 10,
      Command: { Name: 'pythonshell', ScriptLocation: 's3://assets/job.py' },
      DefaultArguments: { '--custom-logGroup-prefix': LOGS },
      ...job,
    },
  });
  runs = new JobRuns(cloud, options);
}

async function start(input: object = {}): Promise<string> {
  return (await runs.start({ JobName: 'transform', ...input }, cloud.context)).JobRunId!;
}

async function get(RunId: string): Promise<JobRun> {
  return (await runs.get({ JobName: 'transform', RunId }, cloud.context)).JobRun!;
}

async function ended(RunId: string): Promise<JobRun> {
  return until(async () => {
    const run = await get(RunId);
    return ['STARTING', 'RUNNING', 'STOPPING'].includes(run.JobRunState!) ? undefined : run;
  });
}

/** Whether no process of a group is left; a zombie counts until the system has collected it. */
function groupIsGone(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return false;
  } catch {
    return true;
  }
}

beforeEach(() => {
  cloud = new FakeCloud();
});

afterEach(async () => {
  await runs.stop();
  cloud.dispose();
});

describe('a run of a Glue job', () => {
  test('succeeds when its script came to its end, as the role that the job names', async () => {
    given('import os\nprint("key", os.environ["AWS_ACCESS_KEY_ID"])\n');
    const run = await ended(await start());
    expect(run).toMatchObject({ JobRunState: 'SUCCEEDED', Attempt: 0, MaxCapacity: 2, Timeout: 10 });
    expect(run.ErrorMessage).toBeUndefined();
    expect(run.ExecutionTime).toBeGreaterThanOrEqual(1);
    expect(cloud.assumed).toEqual([ROLE]);
    expect(cloud.lines(`${LOGS}/output`)).toContain('key ASIATEST');
  });

  test('fails with the class and message of the exception, and its traceback in the error log', async () => {
    given('raise ValueError("raw/flights/batch=2013-02/flights.csv is empty")\n');
    const run = await ended(await start());
    expect(run.JobRunState).toBe('FAILED');
    expect(run.ErrorMessage).toBe('ValueError: raw/flights/batch=2013-02/flights.csv is empty');
    expect(cloud.lines(`${LOGS}/error`).join('\n')).toMatch(/Error from Python:Traceback.*job\.py", line 1/s);
  });

  test.each([
    ['import sys\nsys.exit(0)', 'SUCCEEDED', undefined],
    ['import sys\nsys.exit(3)', 'FAILED', 'SystemExit: 3'],
    ['import sys\nsys.exit("no plan")', 'FAILED', 'SystemExit: no plan'],
    ['import os\nos._exit(0)', 'FAILED', "The script's process ended with exit code 0."],
    ['import os, signal\nos.kill(os.getpid(), signal.SIGKILL)', 'FAILED', "The script's process was ended by SIGKILL."],
    ['def broken(:', 'FAILED', expect.stringMatching(/^SyntaxError: /)],
  ])('of %j ends as %s', async (script, state, message) => {
    given(script);
    const run = await ended(await start());
    expect([run.JobRunState, run.ErrorMessage]).toEqual([state, message]);
  });

  test('never starts when the role may not read the script, and says so', async () => {
    given('print("never")');
    cloud.denied.add('s3:GetObject');
    const run = await ended(await start());
    expect(run.JobRunState).toBe('FAILED');
    expect(run.ErrorMessage).toContain(
      'not authorized to perform: s3:GetObject on resource: arn:aws:s3:::assets/job.py',
    );
    expect(cloud.tracked).toEqual([]);
  });

  test('fails when Glue may not assume the role', async () => {
    given('print("never")');
    cloud.denied.add('sts:AssumeRole');
    expect((await ended(await start())).ErrorMessage).toContain('glue.amazonaws.com cannot assume');
  });

  test('is killed with all that it started when its timeout is over', async () => {
    given(
      'import subprocess, sys\nsubprocess.run([sys.executable, "-c", "import signal; signal.pause()"])',
      {},
      { minuteMs: 400 },
    );
    const run = await ended(await start({ Timeout: 1 }));
    expect(run).toMatchObject({ JobRunState: 'TIMEOUT', ErrorMessage: 'The job run timed out after 1 minutes.' });
    await until(() => cloud.tracked.every(groupIsGone));
    expect(cloud.tracked).toHaveLength(1);
  });

  test('ends as STOPPED when it is stopped; a run that is over cannot be stopped', async () => {
    given(FOREVER);
    const id = await start();
    await until(async () => (await get(id)).JobRunState === 'RUNNING');
    const stop = () => runs.batchStop({ JobName: 'transform', JobRunIds: [id, 'jr_other'] }, cloud.context);
    expect(await stop()).toMatchObject({
      SuccessfulSubmissions: [{ JobRunId: id }],
      Errors: [{ JobRunId: 'jr_other', ErrorDetail: { ErrorCode: 'EntityNotFoundException' } }],
    });
    expect((await ended(id)).JobRunState).toBe('STOPPED');
    expect((await stop()).Errors).toHaveLength(2);
  });

  test('is refused while as many runs as the job allows are going', async () => {
    given(FOREVER);
    const first = await start();
    await expect(start()).rejects.toMatchObject({ code: 'ConcurrentRunsExceededException' });
    expect(runs.inventory()).toEqual([`glue/job-run/transform/${first}`]);
  });

  test('is tried again as often as MaxRetries says', async () => {
    given('raise KeyError("x")', { MaxRetries: 1 });
    const id = await start();
    const last = await until(async () => {
      const { JobRuns: list } = await runs.list({ JobName: 'transform' }, cloud.context);
      return list!.length === 2 && list![0]!.JobRunState === 'FAILED' ? list![0] : undefined;
    });
    expect(last).toMatchObject({ Attempt: 1, PreviousRunId: id, Id: `${id}_attempt_1` });
  });
});

describe('arguments', () => {
  const SHOW = 'import sys\nprint(" ".join(sys.argv[1:]))';

  test('of the run go over those of the job, and what may not be overridden stays', async () => {
    given(SHOW, {
      DefaultArguments: { '--A': 'job', '--B': 'job', '--custom-logGroup-prefix': LOGS },
      NonOverridableArguments: { '--C': 'fixed' },
    });
    const id = await start({ Arguments: { '--A': 'run', '--C': 'run' } });
    expect((await ended(id)).Arguments).toEqual({ '--A': 'run', '--C': 'run' });
    const [line] = cloud.lines(`${LOGS}/output`);
    expect(line).toContain(`--JOB_NAME transform --JOB_RUN_ID ${id}`);
    expect(line).toContain('--A run --B job');
    expect(line).toContain('--C fixed');
  });

  test.each(['--additional-python-modules', '--extra-jars', '--datalake-formats'])(
    '%s is refused, naming it',
    async (name) => {
      given(SHOW);
      await expect(start({ Arguments: { [name]: 'x' } })).rejects.toThrow(`cannot serve the argument ${name} x`);
    },
  );

  test('with an unknown command or a bad timeout are refused', async () => {
    given(SHOW, { Command: { Name: 'gluestreaming', ScriptLocation: 's3://assets/job.py' } });
    await expect(start()).rejects.toThrow('not gluestreaming');
    given(SHOW);
    await expect(start({ Timeout: 0 })).rejects.toThrow('at least 1 minute, not 0');
  });
});

describe('logs of a run', () => {
  test('go to the stream of the driver, in a group that is there already', async () => {
    given('print("one")');
    cloud.logs.set(`${LOGS}/output`, []);
    const id = await start();
    await ended(id);
    expect(cloud.logs.get(`${LOGS}/output:${id}-driver`)).toEqual(['one']);
  });

  // The policies that AWS publishes for Glue have it, whether the group exists or not.
  test.each(['logs:PutLogEvents', 'logs:CreateLogStream', 'logs:CreateLogGroup'])(
    'are lost when the role lacks %s, also where the group exists; the run goes on',
    async (action) => {
      given('print("one")');
      cloud.logs.set(`${LOGS}/output`, []);
      cloud.denied.add(action);
      expect((await ended(await start())).JobRunState).toBe('SUCCEEDED');
      expect(cloud.lines(`${LOGS}/output`)).toEqual([]);
    },
  );
});

describe('the list of runs', () => {
  test('is newest first, in pages', async () => {
    given('pass');
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      ids.unshift(await start());
      await ended(ids[0]!);
    }
    const one = await runs.list({ JobName: 'transform', MaxResults: 2 }, cloud.context);
    const two = await runs.list({ JobName: 'transform', NextToken: one.NextToken }, cloud.context);
    expect([...one.JobRuns!, ...two.JobRuns!].map((run) => run.Id)).toEqual(ids);
    expect(two.NextToken).toBeUndefined();
  });

  test('is empty for a job made anew under an old name, and an error for a job that is gone', async () => {
    given('pass');
    const id = await start();
    await ended(id);
    const job = (cloud.definitions.get('GetJob/transform') as { Job: { CreatedOn: number } }).Job;
    job.CreatedOn = Date.now() / 1000 + 10;
    expect((await runs.list({ JobName: 'transform' }, cloud.context)).JobRuns).toEqual([]);
    await runs.deleteJob({ JobName: 'transform' }, cloud.context);
    await expect(get(id)).rejects.toMatchObject({ code: 'EntityNotFoundException' });
    await expect(start()).rejects.toThrow('missing metadata');
  });
});
