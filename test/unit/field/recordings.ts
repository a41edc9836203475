/** Recordings as a small cloud would give them: a job that runs, a stack that is made, a question about nothing. */
import type { Recording } from '../../../lib/field/read';
import type { FieldRecord, Header, RequestRecord } from '../../../lib/field/recording';

const AT = { lab: 'data-prep', part: 'step transform', at: 1 } as const;
const request = (operation: string, input: object, came: object): RequestRecord =>
  ({ ...AT, type: 'request', service: 'Glue', operation, seconds: 0.1, attempts: 1, input, ...came }) as RequestRecord;

/** @param polls how often each state is seen: clouds are as quick as they are */
export function recording(polls = 2, change: (records: FieldRecord[]) => void = () => undefined): Recording {
  const run = (state: string, more: object = {}): RequestRecord =>
    request(
      'GetJobRun',
      { JobName: 'mla-labs-data-prep-<learner>', RunId: '<id-00000001>' },
      {
        output: {
          JobRun: {
            Id: '<id-00000001>',
            JobRunState: state,
            StartedOn: '<date +3>',
            Attempt: 0,
            Arguments: { raw: 'x' },
            ...more,
          },
        },
      },
    );
  const often = (make: () => RequestRecord): RequestRecord[] => Array.from({ length: polls }, make);
  const event = (id: string, status: string, n: number): object => ({
    EventId: `<id-0000001${n}>`,
    LogicalResourceId: id,
    ResourceType: 'AWS::Glue::Job',
    ResourceStatus: status,
    Timestamp: `<date +${n}>`,
  });
  const records: FieldRecord[] = [
    header(),
    request('StartJobRun', { JobName: 'mla-labs-data-prep-<learner>' }, { output: { JobRunId: '<id-00000001>' } }),
    ...often(() => run('STARTING')),
    ...often(() => run('RUNNING')),
    run('SUCCEEDED', { CompletedOn: '<date +9>', ExecutionTime: 6, DPUSeconds: 12.5 }),
    request(
      'GetTable',
      { Name: 'flights' },
      {
        output: {
          Table: {
            Name: 'flights',
            Columns: [
              { Name: 'dep_delay', Type: 'bigint' },
              { Name: 'carrier', Type: 'string' },
            ],
          },
        },
      },
    ),
    request(
      'GetTable',
      { Name: '<name-000000aa>' },
      {
        error: { code: 'EntityNotFoundException', status: 400, message: 'Table <name-000000aa> not found.' },
      },
    ),
    {
      ...request(
        'DescribeStackEvents',
        { StackName: 'MlaLabs-DataPrep-<learner>' },
        {
          output: {
            StackEvents: [event('Job', 'CREATE_COMPLETE', 3), event('Job', 'CREATE_IN_PROGRESS', 2)],
          },
        },
      ),
      service: 'CloudFormation',
    },
    { ...AT, type: 'part', seconds: 10, ok: true, saw: 'It has run.' },
  ];
  change(records);
  records.push({ type: 'end', outcome: 'done', at: 20, records: records.length });
  return { file: 'x.jsonl', header: records[0] as Header, records, outcome: 'done' };
}

export function header(more: Partial<Header> = {}): Header {
  return {
    type: 'header',
    format: 'mla-labs-field-recording',
    version: 1,
    id: '00112233445566aa',
    project: '0.2.0',
    commit: null,
    redacted: true,
    target: 'aws',
    region: 'us-east-1',
    labs: ['data-prep'],
    modes: {},
    versions: { node: 'v22.0.0' },
    startedAt: '2026-11-29T12:00:00Z',
    account: '<account-01234567>',
    ...more,
  };
}

export const text = ({ records }: Pick<Recording, 'records'>): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
