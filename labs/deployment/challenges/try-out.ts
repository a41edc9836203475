/** Production's model for somebody who tries it out. */
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListEndpointsCommand,
  type ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import { requestErrorText } from '../../../lib/aws/invoke-endpoint';
import { orUndefined } from '../../../lib/aws/not-found';
import { type CandidateCriterion, type Challenge, criteriaOfBest, oncePerRun } from '../../../lib/course/challenge';
import { Exit, LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, list, notDone } from '../../../lib/course/say';
import { boosterOfVersion } from '../approval/smoke-test';
import { answerDifference, predictFlights } from '../endpoint/invoke';
import { servingAt } from '../endpoint/serving';
import { expectedAnswers, juneFlights } from '../model/flights';
import { resourcesOf } from '../resources';

const ID = 'try-out';
/** Endpoints that are looked at, the newest. */
const LOOKED_AT = 50;
/** Flights that the grader asks about. */
const SOME = 20;
const MOST_AT_ONCE = 4;
const MOST_MEMORY_MB = 2048;

interface Candidate {
  readonly endpoint: string;
  readonly status: string;
  readonly failure?: string;
  readonly variants: readonly ProductionVariant[];
}

/** Endpoints whose models have the lab's role, without the lab's own two. */
async function candidates(run: LabRun): Promise<Candidate[]> {
  const { sagemaker } = run.clients;
  const { endpointRole, staging, production } = resourcesOf(run);
  const page = await sagemaker.send(
    new ListEndpointsCommand({ SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: LOOKED_AT }),
  );
  const found: Candidate[] = [];
  for (const { EndpointName = '' } of page.Endpoints ?? []) {
    if ([staging.endpoint, production.endpoint].includes(EndpointName)) continue;
    const endpoint = await orUndefined(sagemaker.send(new DescribeEndpointCommand({ EndpointName })));
    const config =
      endpoint &&
      (await orUndefined(
        sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: endpoint.EndpointConfigName })),
      ));
    const variants = config?.ProductionVariants ?? [];
    const roles = await Promise.all(
      variants.map(
        async ({ ModelName }) =>
          (await orUndefined(sagemaker.send(new DescribeModelCommand({ ModelName }))))?.ExecutionRoleArn,
      ),
    );
    if (roles.length === 0 || !roles.every((role) => role === endpointRole)) continue;
    found.push({
      endpoint: EndpointName,
      status: endpoint!.EndpointStatus!,
      failure: endpoint!.FailureReason,
      variants,
    });
  }
  return found;
}

type Judge = CandidateCriterion<Candidate>['judge'];

/** What production would answer. @throws LabError (check failed) where production serves nothing */
const expected = oncePerRun(async (run): Promise<{ bodies: readonly string[]; answers: readonly string[] }> => {
  const resources = resourcesOf(run);
  const serving = await servingAt(run, resources.production);
  const booster =
    serving?.version === undefined ? 'it serves none' : await boosterOfVersion(run, resources, serving.version);
  if (typeof booster === 'string')
    throw new LabError(`The model of ${resources.production.endpoint} cannot be read: ${booster}.`, {
      why: 'The challenge is about the model that production has.',
      next: labCommand(run, 'check', 'promote'),
      exit: Exit.CheckFailed,
    });
  const { bodies } = juneFlights();
  return { bodies: bodies.slice(0, SOME), answers: expectedAnswers(booster, juneFlights()).slice(0, SOME) };
});

const answers: Judge = async (run, { endpoint, status, failure }) => {
  if (status !== 'InService')
    return notDone(
      `${endpoint} is ${status}${failure ? `: ${failure}` : ''}.`,
      'what an endpoint goes through before it answers',
    );
  const { bodies, answers: wanted } = await expected(run);
  try {
    const fault = answerDifference(await predictFlights(run, endpoint, bodies.join('\n')), wanted);
    return fault === undefined
      ? done(`${endpoint} says of ${SOME} flights of June what production's model says.`, '')
      : notDone(`${endpoint} does not answer as production's model does: ${fault}.`, 'which version production serves');
  } catch (error) {
    if ((error as Error).name !== 'ModelError') throw error;
    return notDone(
      `${endpoint} refuses flights: ${requestErrorText(error)}`,
      'what the container needs beside the model: image, program, environment',
    );
  }
};

const idle: Judge = (_run, { endpoint, variants }) => {
  const standing = variants.flatMap(({ InstanceType, InitialInstanceCount, ServerlessConfig, VariantName }) =>
    ServerlessConfig === undefined
      ? [`${VariantName} on ${InitialInstanceCount} ${InstanceType}`]
      : ServerlessConfig.ProvisionedConcurrency
        ? [`${VariantName} with ${ServerlessConfig.ProvisionedConcurrency} kept ready`]
        : [],
  );
  return standing.length === 0
    ? done(`${endpoint} costs nothing while nobody asks.`, '')
    : notDone(
        `${endpoint} has ${list(standing)}: that is billed by the hour, asked or not.`,
        'what of an endpoint is there when nobody asks',
      );
};

const bounded: Judge = (_run, { endpoint, variants }) => {
  const sum = (of: (variant: ProductionVariant) => number): number =>
    variants.reduce((total, one) => total + of(one), 0);
  const atOnce = sum(
    ({ ServerlessConfig, InitialInstanceCount = 0 }) => ServerlessConfig?.MaxConcurrency ?? InitialInstanceCount,
  );
  const memory = Math.max(0, ...variants.map(({ ServerlessConfig }) => ServerlessConfig?.MemorySizeInMB ?? 0));
  const told = `${endpoint} works on ${atOnce} requests at once at most${memory > 0 ? `, with ${memory} MB each` : ''}`;
  return atOnce <= MOST_AT_ONCE && memory <= MOST_MEMORY_MB
    ? done(`${told}.`, '')
    : notDone(
        `${told}; ${MOST_AT_ONCE} with ${MOST_MEMORY_MB} MB are allowed.`,
        'what a script that asks in an endless loop would cost in a night',
      );
};

const CRITERIA: readonly CandidateCriterion<Candidate>[] = [
  {
    id: 'answers',
    points: 4,
    what: `It says of ${SOME} flights of June what production's model says, to the last digit`,
    judge: answers,
  },
  { id: 'idle', points: 4, what: 'While nobody asks, it costs nothing', judge: idle },
  {
    id: 'bounded',
    points: 2,
    what: `It works on at most ${MOST_AT_ONCE} requests at once, with ${MOST_MEMORY_MB} MB of memory each`,
    judge: bounded,
  },
];

export const tryOut: Challenge = {
  id: ID,
  title: "Production's model, for somebody who tries it out",
  brief: [
    'A partner wants to build against the model that production has: a handful of questions a day, for some weeks, at hours that nobody knows. Its requests must not meet those of production, nor be found among what production keeps.',
    'Give them an address of their own that answers as production does. Nobody pays for the hours in which they do not ask, and nobody for a script of theirs that ran wild.',
  ],
  constraints: [
    "It is an endpoint in your account, under any name, whose model has the lab's role for endpoints (EndpointRole in the outputs): ./lab down finds it, its configuration and its model by that.",
    "The lab's two endpoints and their stacks stay as they are.",
    "The first answer after a pause may take seconds. Where you have the learner's policy of docs/permissions.md, names begin with mla-labs-.",
  ],
  minutes: 30,
  task: '3.1',
  cost: 'nothing while it stands idle, and far below 1 US cent for what the grader asks.',
  steps: ['source', 'release', 'staging', 'promote'],
  criteria: criteriaOfBest(candidates, CRITERIA, () =>
    notDone(
      "There is no endpoint of yours whose model has the lab's role.",
      'what an endpoint is made of, and which of it is there already',
    ),
  ),
  learn: [
    'https://docs.aws.amazon.com/sagemaker/latest/dg/deploy-model-options.html',
    './lab guide deployment staging',
  ],
};
