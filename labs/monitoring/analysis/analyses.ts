/** Analyses of the open monitor: running one, and what earlier ones found. */
import type { DescribeProcessingJobResponse } from '@aws-sdk/client-sagemaker';
import { logCommand } from '../../../lib/aws/job-log';
import { listObjects } from '../../../lib/aws/s3';
import { runProcessing } from '../../../lib/aws/sagemaker';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { analysisRequest, resultsOf, type Analysis } from './request';
import { MONITOR, namesOf, QUALITY } from '../names';
import type { Replay } from '../capture/captured-requests';
import { readJson } from '../bucket/json';
import { MIN_REQUESTS } from '../traffic/flights';
import { s3Uri, type LabResources } from '../resources';
import { newReplayStamp } from '../traffic/send';

/** Longest that a job takes: a machine has to come, and pip to install Evidently. */
const MINUTES = 40;

export interface Violation {
  readonly feature_name?: string;
  readonly constraint_check_type: string;
  readonly description: string;
}

/** What summary.json of an analysis says. */
export interface AnalysisSummary {
  readonly execution: string;
  readonly window: { readonly start: string; readonly end: string };
  readonly requests: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  readonly missing: readonly string[];
}

export interface DriftSummary extends AnalysisSummary {
  readonly records: number;
  /** Distinct records; too few of them are not compared (runtime/monitor/sample_size.json). Model Monitor does not report it. */
  readonly different?: number;
  /** The furthest first. */
  readonly drifted: readonly string[];
  readonly distances: Readonly<Record<string, number>>;
  readonly evidently: boolean;
}

export interface QualitySummary extends AnalysisSummary {
  readonly joined: number;
  readonly waiting: number;
  readonly unmatched: Readonly<Record<string, number>>;
  readonly auc: number | null;
  readonly aucError: number | null;
  readonly threshold: number | null;
  readonly published: boolean;
}

/** Where an analysis lies, and when it was finished. */
export interface AnalysisResult<S extends AnalysisSummary> {
  readonly summary: S;
  /** Prefix of its files. */
  readonly folder: string;
  readonly at: Date;
}

/** Violations by their sorts: `3 × completeness_check, 1 × baseline_drift_check`. */
export function violationCounts(sorts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const sort of sorts) counts.set(sort, (counts.get(sort) ?? 0) + 1);
  return [...counts].map(([sort, number]) => `${number} × ${sort}`).join(', ') || 'no violations';
}

/** Analyses of a sort, newest first. */
export async function analysesOf<S extends AnalysisSummary>(
  run: LabRun,
  resources: LabResources,
  mode: 'analyze' | 'quality',
): Promise<AnalysisResult<S>[]> {
  const prefix = mode === 'quality' ? QUALITY : MONITOR;
  const files = (await listObjects(run, resources.bucket, prefix)).filter(({ key }) => key.endsWith('/summary.json'));
  const found: AnalysisResult<S>[] = [];
  for (const { key, modified } of files) {
    const summary = await readJson<S>(run, resources, key);
    if (summary?.window) found.push({ summary, folder: key.slice(0, -'summary.json'.length), at: modified });
  }
  return found.sort((a, b) => b.at.getTime() - a.at.getTime());
}

type Span = AnalysisSummary['window'];

const holds = ({ window }: AnalysisSummary, held: Span): boolean =>
  Date.parse(window.start) <= Date.parse(held.start) && Date.parse(window.end) >= Date.parse(held.end);

const lengthOf = ({ start, end }: Span): number => Date.parse(end) - Date.parse(start);

/**
 * The analysis that tells of a replay: of those that looked at all of it the one with the tightest window, as the
 * schedule's of the whole hour may have seen other flights too; of windows as long the one that ended first, for the
 * same reason; and of the same window the newest. One that came before the capture did counts only where there is no other.
 */
export function analysisOfReplay<S extends AnalysisSummary>(
  found: readonly AnalysisResult<S>[],
  { window }: Replay,
): AnalysisResult<S> | undefined {
  const looked = found.filter(({ summary }) => holds(summary, window));
  const enough = looked.filter(({ summary }) => summary.requests >= MIN_REQUESTS);
  return (enough.length > 0 ? enough : looked).sort(
    ({ summary: { window: a }, at }, { summary: { window: b }, at: other }) =>
      lengthOf(a) - lengthOf(b) || Date.parse(a.end) - Date.parse(b.end) || other.getTime() - at.getTime(),
  )[0];
}

/** What the schedule has seen of the same flights since, among others: a sentence, or nothing. */
export function laterScheduledResult<S extends AnalysisSummary>(
  found: readonly AnalysisResult<S>[],
  told: AnalysisResult<S>,
  { window }: Replay,
): string {
  const [newest] = found
    .filter(
      ({ summary, at }) => at > told.at && holds(summary, window) && summary.window.end !== told.summary.window.end,
    )
    .sort((a, b) => b.at.getTime() - a.at.getTime());
  return newest
    ? ` The schedule has looked at their whole hour since, with what else was asked in it: ${newest.folder} has ${violationCounts(newest.summary.violations.map((one) => one.constraint_check_type))}.`
    : '';
}

export const newAnalysisName = (run: LabRun, what: string): string =>
  `${namesOf(run.learner).analysisPrefix}${what}-${newReplayStamp()}`;

/** Runs an analysis. @throws LabError when the job fails, with its own words */
export async function runAnalysis(
  run: LabRun,
  resources: LabResources,
  analysis: Analysis,
  step: string,
): Promise<DescribeProcessingJobResponse> {
  const job = await runProcessing(run, analysisRequest(resources.analyzer, analysis), {
    minutes: MINUTES,
    next: `aws sagemaker describe-processing-job --processing-job-name ${analysis.name}`,
  });
  const { ProcessingJobStatus: status, ExitMessage: said, FailureReason: why } = job;
  if (status === 'Completed') {
    run.progress(`${said ?? `${status}.`} Its files: ${s3Uri(resources, resultsOf(analysis))}`);
    return job;
  }
  throw new LabError(`The analysis ${analysis.name} ended as ${status}: ${said ?? why ?? 'it gave no reason'}`, {
    why: 'Violations do not fail a job; something that it needs is missing or not allowed.',
    next: `${logCommand({ by: 'processing', name: analysis.name })}; then ${labCommand(run, 'step', step)}`,
  });
}
