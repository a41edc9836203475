import * as athena from 'aws-cdk-lib/aws-athena';
import type { LabStack } from '../../../lib/infra/lab-stack';
import { namedQueries } from '../queries';
import { namesOf, RESULTS } from './names';

/** The most that one query may scan: a hundred times the whole data set, 0.5 US cents. */
const CUTOFF_BYTES = 1_000_000_000;

/** The workgroup that all of the lab's queries run in, and the saved queries. */
export function addQueries(stack: LabStack, learner: string): void {
  const names = namesOf(learner);
  const workGroup = new athena.CfnWorkGroup(stack, 'Queries', {
    name: names.workGroup,
    description: 'Queries of the lab data-prep.',
    state: 'ENABLED',
    // Without it, a workgroup in which a query ran cannot be deleted.
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: false,
      bytesScannedCutoffPerQuery: CUTOFF_BYTES,
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      resultConfiguration: {
        outputLocation: `s3://${stack.bucket.bucketName}/${RESULTS}`,
        encryptionConfiguration: { encryptionOption: 'SSE_S3' },
      },
    },
  });
  stack.own('workGroups', workGroup.ref);

  for (const query of namedQueries({ database: names.database, bucket: stack.bucket.bucketName })) {
    const saved = new athena.CfnNamedQuery(stack, `Query-${query.name}`, {
      name: query.name,
      description: query.description,
      database: names.database,
      queryString: query.sql,
      workGroup: workGroup.ref,
    });
    stack.own('namedQueries', saved.ref);
  }
  stack.output('WorkGroup', workGroup.ref, 'Athena workgroup of the lab');
}
