/** Names that the lab's stack, its functions and its steps must agree on. */
import { baseName, partName } from '../../lib/course/names';

const LAB = 'deployment';

/** Stages of the pipeline with their actions, in order. */
export const STAGES = [
  { stage: 'Source', action: 'Source' },
  { stage: 'Verify', action: 'Verify' },
  { stage: 'Staging', action: 'DeployStaging' },
  { stage: 'SmokeTest', action: 'SmokeTest' },
  { stage: 'Approval', action: 'Approve' },
  { stage: 'Production', action: 'StillApproved' },
  { stage: 'Production', action: 'DeployProduction' },
  { stage: 'Watch', action: 'Watch' },
] as const;
export type StageName = (typeof STAGES)[number]['stage'];

/** Longest that a release waits for a person, in minutes: an approval shall not outlive the lab's lease of 8 hours by much. */
export const APPROVAL_MINUTES = 8 * 60;

/** Object of the source bucket that the pipeline takes. */
export const SOURCE_KEY = 'source.zip';
/** The template of both endpoints, inside the source. */
export const TEMPLATE_FILE = 'endpoint.template.yaml';
/** Held-out flights with labels, inside the source. */
export const FLIGHTS_FILE = 'tests/flights.csv';

/** The pipeline variable that names the version to release, and its default: a variable's default cannot be empty. */
export const VERSION_VARIABLE = 'ModelPackageArn';
export const LATEST = 'latest';
/** The template's parameter for a version that takes over though alarms ring. */
export const UNGUARDED = 'Unguarded';

/**
 * Of an endpoint that was rolled back while its stack took the update for a success, and deleted the configuration that
 * serves. @see https://github.com/hashicorp/terraform-provider-aws/issues/48997
 */
export const CONFIG_DELETED =
  'which is gone: the update was rolled back, its stack took it for a success and deleted what serves. The endpoint answers on, and takes no update any more';

export { VARIANT } from '../../lib/infra/endpoint-template';

/** Prefixes of the data bucket. */
export const MODELS = 'models/';
export const EVIDENCE = 'evidence/';
export const RELEASES = 'releases/';
export const CAPTURE = 'capture/';

export interface DeploymentNames {
  readonly learner: string;
  /** Package group and pipeline. */
  readonly base: string;
  readonly buildProject: string;
  /** Not below the lab's own stack's name: a learner called `staging` has a lab whose stack ends so. */
  readonly stagingStack: string;
  readonly productionStack: string;
  readonly stagingEndpoint: string;
  readonly productionEndpoint: string;
  /** Alarms that roll production back while it bakes. */
  readonly alarms: readonly [string, string];
}

export function namesOf(learner: string): DeploymentNames {
  const part = (name: string): string => partName(LAB, learner, name);
  return {
    learner,
    base: baseName(LAB, learner),
    buildProject: part('verify'),
    stagingStack: part('staging'),
    productionStack: part('production'),
    stagingEndpoint: part('staging'),
    productionEndpoint: part('production'),
    alarms: [part('production-errors'), part('production-latency')],
  };
}
