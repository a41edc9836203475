/** What taking a lab down does with a stack, by the status that CloudFormation gives it. docs/teardown.md has it as a table. */
import type { StackStatus } from '@aws-sdk/client-cloudformation';

/**
 * `delete`: as it is. `retain`: delete, without the custom resources that kept it. `wait`: until CloudFormation is at rest,
 * then by the status that follows. `cancel`: stop the update, then wait. `gone`: nothing to do.
 */
export type Treatment = 'delete' | 'retain' | 'wait' | 'cancel' | 'gone';

/**
 * CloudFormation refuses to delete a stack that it is changing, lets only an UPDATE_IN_PROGRESS be cancelled, and takes
 * RetainResources only in DELETE_FAILED. From every other state it deletes: an update that could not be rolled back needs
 * no ContinueUpdateRollback before, which would only make again what is removed then.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html
 */
export const TREATMENTS: Readonly<Record<StackStatus, Treatment>> = {
  CREATE_IN_PROGRESS: 'wait',
  CREATE_COMPLETE: 'delete',
  CREATE_FAILED: 'delete',
  ROLLBACK_IN_PROGRESS: 'wait',
  ROLLBACK_COMPLETE: 'delete',
  ROLLBACK_FAILED: 'delete',
  UPDATE_IN_PROGRESS: 'cancel',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'wait',
  UPDATE_COMPLETE: 'delete',
  UPDATE_FAILED: 'delete',
  UPDATE_ROLLBACK_IN_PROGRESS: 'wait',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'wait',
  UPDATE_ROLLBACK_COMPLETE: 'delete',
  UPDATE_ROLLBACK_FAILED: 'delete',
  // A deployment that was interrupted before it began: it waits for its learner for ever.
  REVIEW_IN_PROGRESS: 'delete',
  IMPORT_IN_PROGRESS: 'wait',
  IMPORT_COMPLETE: 'delete',
  IMPORT_ROLLBACK_IN_PROGRESS: 'wait',
  IMPORT_ROLLBACK_COMPLETE: 'delete',
  IMPORT_ROLLBACK_FAILED: 'delete',
  DELETE_IN_PROGRESS: 'wait',
  DELETE_FAILED: 'retain',
  DELETE_COMPLETE: 'gone',
};

/** Of a status that AWS adds one day, its end says enough. */
export function treatmentOf(status: string | undefined): Treatment {
  if (status === undefined) return 'gone';
  if (Object.hasOwn(TREATMENTS, status)) return TREATMENTS[status as StackStatus];
  return status.endsWith('_IN_PROGRESS') ? 'wait' : 'delete';
}

/** Whether CloudFormation says that the role with which it should act on a stack does not exist any more. */
export function isRoleMissingError(reason: string): boolean {
  return /role .*(is invalid or cannot be assumed|cannot be assumed|does not exist)/i.test(reason);
}
