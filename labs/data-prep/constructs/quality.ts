import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as glue from 'aws-cdk-lib/aws-glue';
import { tagsOf } from '../../../lib/course/names';
import type { LabStack } from '../../../lib/infra/lab-stack';
import { INCOMING, namesOf, PREPARED, QUALITY, RAW } from './names';
import {
  evaluateRulesets,
  listBucket,
  catalogStatement,
  readObjects,
  writeJobLogs,
  writeObjectsWithS3a,
} from './permissions';

const RULES = path.resolve(__dirname, '../quality/prepared.dqdl');

/** The ruleset of the prepared flights, and the role that evaluations run as. */
export function addQualityRuleset(stack: LabStack, learner: string): void {
  const names = namesOf(learner);
  // No target table: it does not exist before the transform ran, and Glue would refuse the ruleset.
  const ruleset = new glue.CfnDataQualityRuleset(stack, 'PreparedRuleset', {
    name: names.ruleset,
    description: 'What training may rely on in the prepared flights.',
    ruleset: readFileSync(RULES, 'utf8'),
    tags: { ...tagsOf('data-prep', learner) },
  });
  stack.own('rulesets', ruleset.ref);

  const logs = ['quality/error', 'quality/output'];
  for (const name of logs) stack.logGroup(name);
  const role = stack.role('QualityRole', 'glue.amazonaws.com', 'Evaluates rules on the tables of the lab.', [
    listBucket(stack.bucket),
    readObjects(stack.bucket, RAW, INCOMING, PREPARED),
    ...writeObjectsWithS3a(stack.bucket, QUALITY),
    catalogStatement(names.database, [
      'GetDatabase',
      'GetTable',
      'GetTables',
      'GetPartition',
      'GetPartitions',
      'BatchGetPartition',
    ]),
    ...evaluateRulesets(),
    writeJobLogs(...logs.map((name) => `${stack.logPrefix}/${name}`)),
  ]);

  stack.output('Ruleset', ruleset.ref, 'Data Quality ruleset of the prepared flights');
  stack.output('QualityRole', role.roleArn, 'Role of Data Quality evaluations');
}
