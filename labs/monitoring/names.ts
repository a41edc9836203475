/** Names that the lab's stack, its functions, its jobs and its steps must agree on. */
import { baseName, jobPrefix, partName } from '../../lib/course/names';
import { MACHINES } from '../../lib/flights/serving';
import { errorAlarmOf, latencyAlarmOf } from '../../lib/infra/endpoint-template';

export { VARIANT } from '../../lib/infra/endpoint-template';

const LAB = 'monitoring';

/** Prefixes of the data bucket. */
export const CAPTURE = 'capture/';
/** statistics.json, constraints.json, and baseline.csv that they were made from. */
export const BASELINE = 'baseline/';
/** A folder for each analysis. */
export const MONITOR = 'monitor/';
/** What happened later, by inference id. */
export const TRUTH = 'truth/';
export const QUALITY = 'quality/';
export const DECISIONS = 'decisions/';
export const LOCKS = 'locks/';
/** `data/train/`, `data/validation/`, and `data/months/<month>/` for newer months whose truth is known. */
export const DATA = 'data/';
export const MODELS = 'models/';
export const CODE = 'code/';
/** What a retraining learns from: a folder for each decision. */
export const RETRAINING = 'retraining/';
export const RESULTS = 'results/';

/** Metrics of the open monitor; nobody may write below `aws/`. */
export const NAMESPACE = 'MlaLabs/Monitoring';

/**
 * Below it, AUC is an alarm. The model has 0.772 on held-out flights of its training months; measured on 1,000 flights,
 * chance moves that by 0.018 (one standard error), on 2,500 by 0.011. Two and a half of the latter below is 0.745.
 */
export const AUC_THRESHOLD = 0.745;

/** How long after a retraining the responder begins no other. */
export const COOL_DOWN_MINUTES = 60;

export const MONITOR_INSTANCE = MACHINES.processing;
export const TRAINING_INSTANCE = MACHINES.training;

export interface MonitoringNames {
  /** Package group, endpoint, dashboard. */
  readonly base: string;
  readonly endpoint: string;
  readonly endpointStack: string;
  /** The function that makes it. */
  readonly serve: string;
  readonly schedule: string;
  readonly driftAlarm: string;
  readonly aucAlarm: string;
  readonly errorAlarm: string;
  readonly latencyAlarm: string;
  readonly bandAlarm: string;
  /** Names of analyses begin with it. Behind it fits the 36 characters of an id: a job's name has 63. */
  readonly analysisPrefix: string;
  /** Names of retrainings begin with it. */
  readonly retrainPrefix: string;
}

export function namesOf(learner: string): MonitoringNames {
  const base = baseName(LAB, learner);
  const part = (name: string): string => partName(LAB, learner, name);
  return {
    base,
    endpoint: base,
    endpointStack: part('endpoint'),
    serve: part('serve'),
    schedule: part('analysis'),
    driftAlarm: part('drift'),
    aucAlarm: part('auc'),
    errorAlarm: errorAlarmOf(base),
    latencyAlarm: latencyAlarmOf(base),
    bandAlarm: part('invocations'),
    analysisPrefix: jobPrefix('mon', learner),
    retrainPrefix: jobPrefix('retrain', learner),
  };
}
