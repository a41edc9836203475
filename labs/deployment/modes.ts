import type { Mode } from '../../lib/course/model';

/** The lab's variants; the stack has them as outputs. */
export const MODES: readonly Mode[] = [
  {
    name: 'build',
    values: ['codebuild', 'lambda'],
    default: 'codebuild',
    summary:
      'what verifies a release: a CodeBuild project, which also lints the template and runs the model’s own code, or a Lambda function, for accounts whose builds are held',
  },
  {
    name: 'canary',
    values: ['off', 'on'],
    default: 'off',
    summary:
      'how production changes over: all traffic at once to one instance, or first half of it to a canary; that needs 2 instances, and 4 while it changes over (a new account’s quota of ml.t2.medium is 2)',
  },
  {
    name: 'staging',
    values: ['serverless', 'instance'],
    default: 'serverless',
    summary:
      'what staging runs on: a serverless endpoint, which costs nothing between requests, or one ml.t2.medium, for models that a serverless container does not start and accounts without serverless concurrency; the lab then needs 3 instances at once (a new account’s quota is 2)',
  },
];
