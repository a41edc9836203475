/**
 * What the picture of each lab's architecture shows: the one place to edit when a stack or a step changes.
 * A unit test compares it with the templates; `scripts/docs/architecture.ts` draws it.
 */
import type { LabId } from '../../lib/course/names';

/** What a box is about: decides its colour. */
export type Field = 'storage' | 'analytics' | 'learning' | 'compute' | 'events' | 'outside';

export interface Box {
  readonly name: string;
  /** What it is, in AWS's words. */
  readonly kind: string;
  readonly field: Field;
  /** Logical ids of smaller resources that this box stands for too. */
  readonly covers?: readonly string[];
  /** Who makes it, where the template itself does not: a step (drawn dashed), a resource of the template, or nobody here. */
  readonly by?: { readonly step: string } | { readonly resource: string } | 'outside';
  /** The frame that it stands in. */
  readonly in?: string;
}

export interface Architecture {
  readonly title: string;
  /** The way that arrows run: to the right, or down. */
  readonly runs: 'right' | 'down';
  /** By logical id; what is not in the template has a name of its own, with a hyphen. */
  readonly boxes: Readonly<Record<string, Box>>;
  /** A resource that has its parts drawn inside: its title by logical id. */
  readonly frames: Readonly<Record<string, string>>;
  /** From, to, and what happens on the way. */
  readonly arrows: readonly (readonly [from: string, to: string, label?: string])[];
}

/** Resources that a reader of the picture does not need, by type. */
export const FOLDED: readonly string[] = [
  'AWS::Athena::NamedQuery',
  'AWS::CDK::Metadata',
  'AWS::Glue::Classifier',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'Custom::MlaLabsEmptied',
  'Custom::MlaLabsFirstSource',
  'Custom::MlaLabsRecord',
  'Custom::MlaLabsSweep',
];

/** Objects that a step writes below a prefix of the lab's bucket. */
const objects = (name: string, kind: string, step: string): Box => ({
  name,
  kind,
  field: 'storage',
  by: { step },
  in: 'DataBucket',
});

/** What every lab has, drawn below its own picture. */
export const LEASE: Architecture = {
  title: 'The lease of the lab',
  runs: 'right',
  boxes: {
    LeaseRuleB6702E7F: { name: 'The lease is over', kind: 'EventBridge rule', field: 'events' },
    LeaseFunction2C4409ED: { name: 'Takes the lab down', kind: 'Lambda function', field: 'compute' },
    LeaseTopicADEF7F26: { name: 'Tells you by mail', kind: 'SNS topic', field: 'events' },
  },
  frames: {},
  arrows: [
    ['LeaseRuleB6702E7F', 'LeaseFunction2C4409ED'],
    ['LeaseFunction2C4409ED', 'LeaseTopicADEF7F26'],
  ],
};

export const ARCHITECTURES: Readonly<Record<LabId, Architecture>> = {
  'data-prep': {
    title: 'Lab 1: from raw files to data that a model can learn from',
    runs: 'down',
    boxes: {
      'raw-files': { name: 'data/', kind: 'files of the project', field: 'outside', by: 'outside' },
      'bucket-raw': objects('raw/', 'objects', 'ingest'),
      'bucket-prepared': objects('prepared/', 'objects', 'transform'),
      'bucket-split': objects('split/', 'train, validation, test', 'split'),
      RawCrawler: { name: 'Crawler', kind: 'Glue crawler', field: 'analytics' },
      FlightsDatabase: { name: 'Tables', kind: 'Glue Data Catalog', field: 'analytics' },
      Transform: { name: 'Transform', kind: 'Glue job (Spark)', field: 'analytics' },
      PreparedRuleset: { name: 'Your rules', kind: 'Glue Data Quality', field: 'analytics' },
      Queries: { name: 'Your questions', kind: 'Athena workgroup', field: 'analytics' },
    },
    frames: { DataBucket: 'S3 bucket' },
    arrows: [
      ['raw-files', 'bucket-raw', 'upload'],
      ['bucket-raw', 'RawCrawler'],
      ['RawCrawler', 'FlightsDatabase', 'describes'],
      ['FlightsDatabase', 'Queries'],
      ['bucket-raw', 'Transform'],
      ['Transform', 'bucket-prepared', 'writes'],
      ['bucket-prepared', 'Queries'],
      ['bucket-prepared', 'PreparedRuleset'],
      ['Queries', 'bucket-split', 'UNLOAD'],
    ],
  },
  training: {
    title: 'Lab 2: from prepared data to a model that may be used',
    runs: 'down',
    boxes: {
      'bucket-data': objects('data/', 'train, validation, test', 'data'),
      'bucket-models': objects('models/', 'trained models', 'train'),
      'bucket-evaluation': objects('evaluation/', 'figures and report', 'evaluate'),
      'training-job': { name: 'Training job', kind: 'SageMaker', field: 'learning', by: { step: 'train' } },
      'tuning-job': { name: 'Tuning job', kind: 'six trainings', field: 'learning', by: { step: 'tune' } },
      'processing-job': { name: 'Evaluation', kind: 'Processing job', field: 'learning', by: { step: 'evaluate' } },
      Versions: { name: 'Model versions', kind: 'Model package group', field: 'learning' },
      'you-approve': { name: 'You', kind: 'approve, reject, roll back', field: 'outside', by: 'outside' },
    },
    frames: { DataBucket: 'S3 bucket' },
    arrows: [
      ['bucket-data', 'training-job'],
      ['bucket-data', 'tuning-job'],
      ['training-job', 'bucket-models'],
      ['tuning-job', 'bucket-models'],
      ['bucket-models', 'processing-job', 'scored'],
      ['processing-job', 'bucket-evaluation'],
      ['bucket-evaluation', 'Versions', 'register'],
      ['you-approve', 'Versions'],
    ],
  },
  deployment: {
    title: 'Lab 3: from an approved version to endpoints that answer',
    runs: 'down',
    boxes: {
      SourceBucket: { name: 'source.zip', kind: 'S3 bucket', field: 'storage', covers: ['SeedFunctionD53A21F3'] },
      SourceRule: { name: 'New source', kind: 'EventBridge rule', field: 'events' },
      Versions: { name: 'Model versions', kind: 'Model package group', field: 'learning' },
      ApprovedRule: { name: 'Version approved', kind: 'EventBridge rule', field: 'events' },
      ReleaseFunctionCC898F55: { name: 'Release', kind: 'Lambda function', field: 'compute' },
      ...Object.fromEntries(
        (
          [
            ['source', 'Source', 'fetches source.zip'],
            ['verify', 'Verify', 'version, template, model'],
            ['staging', 'Staging', 'CloudFormation'],
            ['smoke', 'SmokeTest', 'asks staging'],
            ['approval', 'Approval', 'you decide'],
            ['still', 'Production, first', 'asks the registry'],
            ['production', 'Production, then', 'CloudFormation'],
            ['watch', 'Watch', 'production, for a while'],
          ] as const
        ).map(([id, name, kind]) => [
          `stage-${id}`,
          { name, kind, field: 'events', by: { resource: 'Pipeline' }, in: 'Pipeline' } satisfies Box,
        ]),
      ),
      BuildProject: { name: 'Verify', kind: 'CodeBuild project', field: 'compute' },
      'staging-endpoint': { name: 'Staging', kind: 'serverless endpoint', field: 'learning', by: { step: 'release' } },
      SmokeFunction2DF64E24: { name: 'Smoke test', kind: 'Lambda function', field: 'compute' },
      ApprovedFunction7CE6393A: { name: 'Still approved?', kind: 'Lambda function', field: 'compute' },
      'production-endpoint': {
        name: 'Production',
        kind: 'endpoint, blue/green',
        field: 'learning',
        by: { step: 'promote' },
      },
      WatchFunction749FB9A7: { name: 'Watch', kind: 'Lambda function', field: 'compute' },
      DataBucket: { name: 'Data and evidence', kind: 'S3 bucket', field: 'storage' },
    },
    frames: { Pipeline: 'CodePipeline' },
    arrows: [
      ['SourceBucket', 'SourceRule'],
      ['SourceRule', 'stage-source', 'starts'],
      ['Versions', 'ApprovedRule'],
      ['ApprovedRule', 'ReleaseFunctionCC898F55'],
      ['ReleaseFunctionCC898F55', 'stage-source', 'starts'],
      ['stage-source', 'stage-verify'],
      ['stage-verify', 'stage-staging'],
      ['stage-staging', 'stage-smoke'],
      ['stage-smoke', 'stage-approval'],
      ['stage-approval', 'stage-still'],
      ['stage-still', 'stage-production'],
      ['stage-production', 'stage-watch'],
      ['stage-verify', 'BuildProject'],
      ['stage-staging', 'staging-endpoint', 'own stack'],
      ['stage-smoke', 'SmokeFunction2DF64E24'],
      ['SmokeFunction2DF64E24', 'DataBucket', 'evidence'],
      ['stage-still', 'ApprovedFunction7CE6393A'],
      ['stage-production', 'production-endpoint', 'own stack'],
      ['stage-watch', 'WatchFunction749FB9A7'],
    ],
  },
  monitoring: {
    title: 'Lab 4: an endpoint that is watched, and what answers its alarms',
    runs: 'down',
    boxes: {
      callers: { name: 'Callers', kind: 'send flights', field: 'outside', by: 'outside' },
      Endpoint: {
        name: 'Endpoint',
        kind: 'SageMaker, own stack',
        field: 'learning',
        covers: ['ServeFunction8A2F426C'],
      },
      'release-alarms': {
        name: 'Errors, latency',
        kind: 'two CloudWatch alarms',
        field: 'events',
        by: { resource: 'Endpoint' },
      },
      'bucket-capture': objects('capture/', 'requests, answers', 'traffic'),
      'bucket-truth': objects('truth/', 'comes hours later', 'quality'),
      'bucket-baseline': objects('baseline/', 'what is normal', 'baseline'),
      Schedule: { name: 'Each hour', kind: 'EventBridge Scheduler', field: 'events' },
      'processing-job': { name: 'Analysis', kind: 'Processing job', field: 'learning', by: { step: 'analyze' } },
      Dashboard: { name: 'Dashboard', kind: 'CloudWatch', field: 'events' },
      DriftAlarm: { name: 'Drift', kind: 'CloudWatch alarm', field: 'events' },
      AucAlarm: { name: 'AUC', kind: 'CloudWatch alarm', field: 'events' },
      BandAlarm: { name: 'Anomaly band', kind: 'alarm, tells nobody', field: 'events' },
      TopicBFC7AF6E: { name: 'Alarms', kind: 'SNS topic', field: 'events' },
      ResponderFunctionCB8AB6F1: { name: 'Responder', kind: 'Lambda function', field: 'compute' },
      DeadLettersBBF8BAAB: { name: 'Not handled', kind: 'SQS queue', field: 'events' },
      LookRule: {
        name: 'Retraining ended?',
        kind: 'three EventBridge rules',
        field: 'events',
        covers: ['ProcessingEndedRule', 'TrainingEndedRule'],
      },
      'retrain-job': { name: 'Retraining', kind: 'train, evaluate', field: 'learning', by: { step: 'respond' } },
      Versions: { name: 'Model versions', kind: 'Model package group', field: 'learning' },
    },
    frames: { DataBucket: 'S3 bucket' },
    arrows: [
      ['callers', 'Endpoint'],
      ['Endpoint', 'release-alarms', '5xx, p90'],
      ['Endpoint', 'BandAlarm', 'requests'],
      ['Endpoint', 'bucket-capture', 'data capture'],
      ['bucket-capture', 'processing-job'],
      ['bucket-truth', 'processing-job'],
      ['bucket-baseline', 'processing-job'],
      ['Schedule', 'processing-job', 'starts'],
      ['processing-job', 'DriftAlarm', 'drift'],
      ['processing-job', 'AucAlarm', 'AUC'],
      ['processing-job', 'Dashboard', 'figures'],
      ['DriftAlarm', 'TopicBFC7AF6E'],
      ['AucAlarm', 'TopicBFC7AF6E'],
      ['release-alarms', 'TopicBFC7AF6E'],
      ['TopicBFC7AF6E', 'ResponderFunctionCB8AB6F1'],
      ['ResponderFunctionCB8AB6F1', 'DeadLettersBBF8BAAB', 'failed'],
      ['ResponderFunctionCB8AB6F1', 'Endpoint', 'errors, latency: roll back'],
      ['ResponderFunctionCB8AB6F1', 'retrain-job', 'drift, AUC: retrain'],
      ['LookRule', 'ResponderFunctionCB8AB6F1', 'wakes'],
      ['retrain-job', 'Versions', 'registered'],
      ['retrain-job', 'LookRule'],
    ],
  },
};
