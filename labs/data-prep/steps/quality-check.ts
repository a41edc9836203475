import { recentQueries } from '../../../lib/aws/athena';
import { getPartitions, getTable } from '../../../lib/aws/glue';
import { recentEvaluations, type Evaluation } from '../../../lib/aws/quality';
import { hasContent, listObjects } from '../../../lib/aws/s3';
import type { Verdict } from '../../../lib/course/model';
import { dataManifest, dataPlan } from '../../../lib/course/data-plan';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, list, notDone } from '../../../lib/course/say';
import { namedQuery, normaliseSql } from '../queries';
import { INCOMING_TABLE, REGISTER_INCOMING } from '../data/incoming';
import { resourcesOf, type LabResources } from '../resources';
import { preparedWrittenAt } from '../data/prepared';
import { rulesFault, ruleText, sameRules } from '../answers/quality-rules';
import { qualityExercise } from './quality-exercise';

/** The check of the step quality: the stack's rules on prepared, the learner's rules on both sides, the look at bias. */
export async function checkQuality(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'quality');
  const written = await preparedWrittenAt(run, resources);
  if ((await getTable(run, resources.database, 'prepared')) === undefined || written === undefined) {
    return notDone(
      `There is no table prepared in ${resources.database} with files behind it, so there is nothing to evaluate.`,
      labCommand(run, 'step', 'transform'),
    );
  }
  const prepared = await preparedVerdict(run, resources, written, again);
  if (prepared) return prepared;
  const incoming = await incomingVerdict(run, resources, again);
  if (incoming) return incoming;
  const rules = await rulesVerdict(run, resources, again);
  if (!rules.done) return rules;
  const wanted = normaliseSql(namedQuery('bias', resources).sql);
  const looked = (await recentQueries(run, resources.workGroup, 500)).some(
    ({ Query = '', Status }) => Status?.State === 'SUCCEEDED' && normaliseSql(Query) === wanted,
  );
  return looked
    ? rules
    : notDone(`${rules.saw} The saved query bias was not run yet.`, `Run it in Athena, or: ${again}`);
}

/** About the stack's own ruleset; undefined when it passes. */
async function preparedVerdict(
  run: LabRun,
  resources: LabResources,
  written: Date,
  again: string,
): Promise<Verdict | undefined> {
  const evaluations = await recentEvaluations(run, resources.database, 'prepared');
  const latest = evaluations.find(({ rulesets }) => rulesets.includes(resources.ruleset));
  if (latest === undefined) {
    return notDone(
      `The ruleset ${resources.ruleset} was not evaluated on the table prepared.`,
      `Evaluate it: ${again}`,
    );
  }
  const unfinished = unfinishedVerdict(run, latest, 'prepared');
  if (unfinished) return unfinished;
  if (latest.startedOn.getTime() + 999 < written.getTime()) {
    return notDone(
      `The ruleset ${resources.ruleset} was evaluated ${latest.startedOn.toISOString()}; the table changed after that, ${written.toISOString()}.`,
      `Evaluate it again: ${again}`,
    );
  }
  const failing = latest.rules.filter(({ Result }) => Result !== 'PASS');
  if (failing.length === 0 && latest.rules.length > 0) return undefined;
  const told = failing.map((rule) => `${ruleText(rule)} (${rule.EvaluationMessage ?? rule.Result})`);
  return notDone(
    `The table prepared fails ${failing.length} of ${latest.rules.length} rules of ${resources.ruleset}: ${list(told, 2)}.`,
    `See what is wrong with it: ${labCommand(run, 'check', 'transform')}`,
  );
}

/** About an evaluation that did not succeed; undefined when it did. */
function unfinishedVerdict(run: LabRun, { runId, status, error }: Evaluation, table: string): Verdict | undefined {
  if (status === 'SUCCEEDED') return undefined;
  if (['STARTING', 'RUNNING', 'STOPPING'].includes(status)) {
    return notDone(
      `The evaluation ${runId} on ${table} is ${status}.`,
      `Wait, then: ${labCommand(run, 'check', 'quality')}`,
    );
  }
  return notDone(
    `The evaluation ${runId} on ${table} ended as ${status}: ${error ?? 'Glue gave no reason'}`,
    `Start it again: ${labCommand(run, 'step', 'quality')}`,
  );
}

/** About the bad batch and its table; undefined when both are there. */
async function incomingVerdict(run: LabRun, resources: LabResources, again: string): Promise<Verdict | undefined> {
  const { badBatch } = dataManifest();
  const objects = await listObjects(run, resources.bucket, 'incoming/');
  const object = objects.find(({ key }) => key === badBatch.key);
  if (object === undefined) {
    return notDone(
      `The new batch has not arrived: there is no s3://${resources.bucket}/${badBatch.key}.`,
      `Write work/${run.lab}/${qualityExercise.file}, then: ${again}`,
    );
  }
  if (!(await hasContent(run, resources.bucket, object, badBatch))) {
    return notDone(
      `s3://${resources.bucket}/${badBatch.key} is not the batch that came with the lab (data/${badBatch.path}). Rules have to catch it as it is.`,
      `Upload it again: ${again}`,
    );
  }
  const partitions = (await getPartitions(run, resources.database, INCOMING_TABLE)).map(({ Values }) => Values?.[0]);
  return partitions.includes(dataPlan().badBatch.name)
    ? undefined
    : notDone(
        `The batch has arrived, and the table ${INCOMING_TABLE} does not show it: no partition batch=${dataPlan().badBatch.name}.`,
        `Run the saved queries ${list(REGISTER_INCOMING)}, or: ${again}`,
      );
}

/** About the learner's rules. */
async function rulesVerdict(run: LabRun, resources: LabResources, again: string): Promise<Verdict> {
  const [bad] = await recentEvaluations(run, resources.database, INCOMING_TABLE, 1);
  if (bad === undefined) {
    return notDone(
      `No rules were evaluated on ${INCOMING_TABLE} yet.`,
      `Write work/${run.lab}/${qualityExercise.file}, then: ${again}`,
    );
  }
  const unfinished = unfinishedVerdict(run, bad, INCOMING_TABLE);
  if (unfinished) return unfinished;
  const onFlights = await recentEvaluations(run, resources.database, 'flights');
  const good = onFlights.find(({ status, rules }) => status === 'SUCCEEDED' && sameRules(rules, bad.rules));
  if (good === undefined) {
    return notDone(
      `The rules that were evaluated on ${INCOMING_TABLE} were not evaluated on flights: rules that fail on everything catch nothing.`,
      `Evaluate the same ruleset on both tables: ${again}`,
    );
  }
  const fault = rulesFault(good.rules, bad.rules);
  if (fault !== undefined) {
    return notDone(
      fault,
      `Change work/${run.lab}/${qualityExercise.file}, then: ${again}. A hint: ${labCommand(run, 'hint', 'quality')}`,
    );
  }
  const failing = bad.rules.filter(({ Result }) => Result !== 'PASS').map(ruleText);
  return done(
    `The table prepared passes all rules of ${resources.ruleset}. Your ${good.rules.length} rules pass on the good flights, and the bad batch fails ${failing.length} of them: ${list(failing, 6)}.`,
    labCommand(run, 'step', 'split'),
  );
}
