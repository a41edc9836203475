/** The report of a response: how far July is away, what came of it, and how long each part took. */
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { putObject } from '../../../lib/aws/s3';
import type { LabRun } from '../../../lib/course/run';
import type { AnalysisSummary } from '../analysis/analyses';
import { capturedRequests, replayIn, flightsWithScores, type Replay } from '../capture/captured-requests';
import type { Decision } from './decisions';
import { columnsOf, distances, driftedFeatures, trainingColumns } from '../analysis/distance';
import { JULY, rowsOf } from '../traffic/flights';
import { versionName } from '../endpoint/models';
import { barChart, escapeHtml, histogram, htmlPage, timeline, type TimelineEvent } from './svg';
import { RESPONSE_REPORT, s3Uri, type LabResources } from '../resources';

const PLOTS = 6;

/** Writes the report to the bucket, and into the learner's folder. @returns the file there */
export async function writeResponseReport(
  run: LabRun,
  resources: LabResources,
  decision: Decision,
): Promise<string | undefined> {
  const sent = replayIn(await capturedRequests(run, resources), JULY, windowOf(decision)?.end);
  const html = responseReport(resources.bucket, decision, sent);
  await putObject(run, resources.bucket, RESPONSE_REPORT, Buffer.from(html), 'text/html');
  if (run.workDir === undefined) return undefined;
  mkdirSync(run.workDir, { recursive: true });
  const file = path.join(run.workDir, 'response.html');
  writeFileSync(file, html);
  return file;
}

/** The window of the analysis that a decision was made on. */
export function windowOf({ evidence }: Decision): AnalysisSummary['window'] | undefined {
  return (evidence.analysis as Partial<AnalysisSummary> | undefined)?.window;
}

/** The page. @param sent July's requests, as they were captured */
export function responseReport(bucket: string, decision: Decision, sent: Replay | undefined): string {
  const moments: TimelineEvent[] = [
    ...(sent
      ? [
          { at: sent.requests[0]!.at, what: 'The first flight of July was captured.' },
          { at: sent.requests.at(-1)!.at, what: `The last of ${sent.requests.length} was.` },
        ]
      : []),
    ...decision.timeline.map(({ at, what }) => ({ at: new Date(at), what })),
  ];
  const parts = [
    `<p>Alarm <code>${escapeHtml(decision.cause.alarm)}</code>: ${escapeHtml(decision.cause.stateReason)}</p>`,
    `<p><b>${escapeHtml(decision.reason)}</b></p>`,
    '<h2>From the first request to the answer (UTC)</h2>',
    timeline(moments.sort((a, b) => a.at.getTime() - b.at.getTime())),
  ];
  if (sent) parts.push(drifted(columnsOf(rowsOf(flightsWithScores(sent).map(({ flight }) => flight)))));
  if (decision.measured) {
    const { month, flights, serving, candidate } = decision.measured;
    parts.push(
      `<h2>AUC on ${flights.toLocaleString('en-US')} flights of ${month} that no training saw</h2>`,
      barChart(
        [
          { label: `${versionName(decision.from)}, which serves`, value: serving },
          { label: `${versionName(decision.registered)}, retrained`, value: candidate },
        ],
        0.5,
      ),
      '<p>The bars begin at 0.5, which is guessing. A person decides whether the new version is released.</p>',
    );
  }
  parts.push(
    `<p>The decision with its evidence: <code>${s3Uri({ bucket }, `decisions/${decision.id}.json`)}</code></p>`,
  );
  return htmlPage('How the lab responded to July', parts.join('\n'));
}

function drifted(traffic: ReturnType<typeof columnsOf>): string {
  const measured = distances(traffic);
  const names = driftedFeatures(measured);
  const plots = names
    .slice(0, PLOTS)
    .map((name) =>
      histogram(
        `${name}, distance ${measured.get(name)!.toFixed(2)}`,
        trainingColumns().get(name)!,
        traffic.get(name)!,
      ),
    );
  return `<h2>What drifted: ${names.map(escapeHtml).join(', ')}</h2><p><span class="then">■ January to May</span>, which the model learnt from; <span class="now">■ July</span>, as it was captured. Each picture is of the shares of flights.</p><div class="plots">${plots.join('')}</div>`;
}
