/** The commands that --explain prints, in a shell whose AWS CLI and clock are played. */
import { spawnSync } from 'node:child_process';
import { approvalCommands } from '../../../../labs/deployment/aws-cli';
import type { LabResources } from '../../../../labs/deployment/resources';

test('an approval is not waited for where the release ended before it, and says so by its exit code', () => {
  const played = [
    `aws() { case "$*" in *list-pipeline-executions*) echo one;; *pipelineExecution.variables*) echo version-1;;`,
    `*get-pipeline-execution*) echo Failed;; *get-pipeline-state*|*list-action-executions*) echo None;;`,
    `*put-approval-result*) echo "no such token" >&2; return 254;; esac; }`,
    'sleep() { waits=$((waits + 1)); [ $waits -lt 200 ] || exit 9; }',
  ].join('\n');
  const commands = approvalCommands({ pipeline: 'the-pipeline' } as LabResources, 'echo version-1');
  const { stdout, stderr, status } = spawnSync('sh', ['-c', `${played}\n${commands}`], { encoding: 'utf8' });
  expect({ stdout, stderr, status }).toEqual({ stdout: 'Watch: None\n', stderr: 'no such token\n', status: 1 });
});
