import { recordName } from '../../../course/names';
import type { Kind } from '../../kind';
import { holdsUnknown } from '../../ownership';
import { readRecord, removeRecord } from '../../record';

/** The ownership record of a stack that is gone. */
export const ssmRecord: Kind = {
  id: 'ssm:record',
  title: 'ownership records',
  after: [{ kind: '*', why: 'the record proves what the others are, so it goes last' }],
  async list(scope) {
    // While there is a stack, the record is the stack's: its own custom resource removes it.
    if (scope.stack !== 'gone') return [];
    const record = await readRecord(scope.run);
    // One that holds what this version does not know is the newer version's to remove.
    if (record === undefined || holdsUnknown(record)) return [];
    return [{ kind: 'ssm:record', id: recordName(scope.run.lab, scope.run.learner), because: 'with our tags' }];
  },
  async remove(_found, scope) {
    await removeRecord(scope.run);
  },
  permissions: [],
};
