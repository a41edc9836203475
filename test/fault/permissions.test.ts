/** One action that a rehearsal exercises taken away from a role of the template: the rehearsal fails, and names it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { realDeps } from '../../lib/commands/deps';
import type { RehearsalReport } from '../../lib/commands/rehearse';
import { LAB_IDS } from '../../lib/course/names';
import type { Assembly, Deployer } from '../../lib/target/deployer';
import type { Document } from '../iam/evaluation';
import { without } from '../iam/exercised';
import recorded from '../iam/exercised.json';
import type { Exercised } from '../iam/record';
import { ofType, roleIn, rolePolicies, type TemplateJson } from '../snapshot/template';
import { runCli } from '../proof/run-cli';
import { generator } from '../unit/teardown/random';
import { record } from './figures';
import { ALL, SEED } from './seed';

/** One of each lab by the seed; a sample is one of the shortest lab. What all of these ask for, test/rehearsal decides again. */
const next = generator(SEED);
const CASES = LAB_IDS.map((lab) => {
  const all = Object.entries(recorded as Exercised)
    .filter(([who]) => who.startsWith(`${lab} `))
    .flatMap(([who, actions]) =>
      Object.keys(actions)
        .filter((action) => actions[action]!.includes(`rehearse ${lab}`))
        .map((action) => [lab, who.slice(lab.length + 1), action] as const),
    );
  return all[Math.floor(next() * all.length)]!;
});

/** Takes the action out of the template that is about to be deployed. */
function lessen({ folder, stackName }: Assembly, role: string, action: string): void {
  const file = join(folder, `${stackName}.template.json`);
  const template = JSON.parse(readFileSync(file, 'utf8')) as TemplateJson;
  const holders = rolePolicies(template)
    .filter(({ role: id }) => roleIn(id) === role)
    .map(({ holder }) => holder as unknown as { PolicyDocument: Document });
  const before = JSON.stringify(holders);
  for (const one of holders) one.PolicyDocument = without(one.PolicyDocument, action);
  if (JSON.stringify(holders) === before) throw new Error(`${role} was never allowed ${action}.`);
  // IAM takes no policy without a statement.
  for (const [, { Properties }] of ofType(template, 'AWS::IAM::Role'))
    if (Properties.Policies)
      Properties.Policies = (Properties.Policies as { PolicyDocument: Document }[]).filter(
        ({ PolicyDocument }) => [PolicyDocument.Statement].flat().length > 0,
      );
  writeFileSync(file, JSON.stringify(template));
}

async function rehearse(lab: string, role: string, action: string) {
  const real = realDeps();
  const deps = {
    ...real,
    makeDeployer: async (...asked: Parameters<typeof real.makeDeployer>): Promise<Deployer> => {
      const deployer = await real.makeDeployer(...asked);
      const synthesize: Deployer['synthesize'] = async (input) => {
        const made = await deployer.synthesize(input);
        lessen(made, role, action);
        return made;
      };
      return Object.assign(Object.create(deployer) as Deployer, { synthesize });
    },
  };
  const { code, out, err } = await runCli(['rehearse', lab, '--json'], deps);
  return { code, report: JSON.parse(out) as RehearsalReport, err };
}

test.each(ALL ? CASES : CASES.slice(0, 1))(`%s: %s without %s (seed ${SEED})`, async (lab, role, action) => {
  const { code, report, err } = await rehearse(lab, role, action);
  expect(code).not.toBe(0);
  expect(report.labs[0]!.ok).toBe(false);
  const refused = report.labs[0]!.denied.map((one) => `${one.principal.split('/')[1]!.split('-')[2]} ${one.action}`);
  expect(refused).toContainEqual(expect.stringMatching(new RegExp(`^${role}\\w* ${action}$`)));
  expect(err).toContain(action);
  record(`${lab}: ${role} without ${action}`, 'its rehearsal fails, naming it');
});
