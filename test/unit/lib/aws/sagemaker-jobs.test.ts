/** Jobs whose creation AWS answers late, twice or not at all. */
import { SageMakerServiceException } from '@aws-sdk/client-sagemaker';
import { runProcessing } from '../../../../lib/aws/sagemaker';
import type { LabRun } from '../../../../lib/course/run';

/** SageMaker, which says that the name of a job is in use, to the attempt of this number. */
function saying(attempts: number): LabRun {
  const taken = new SageMakerServiceException({
    name: 'ResourceInUse',
    message: 'Job name must be unique',
    $fault: 'client',
    $metadata: { attempts },
  });
  const send = async (command: object): Promise<object> => {
    if (command.constructor.name === 'CreateProcessingJobCommand') throw taken;
    return { ProcessingJobStatus: 'Completed' };
  };
  const progress = (): void => undefined;
  return {
    clients: { sagemaker: { send }, pollMs: 0 },
    clock: { now: () => new Date(0) },
    progress,
  } as unknown as LabRun;
}

const run = (attempts: number): Promise<object> =>
  runProcessing(saying(attempts), { ProcessingJobName: 'job' } as never, { minutes: 1, next: 'look' });

test('a name that is in use once a request was sent again is that of the job which the first one made', async () => {
  await expect(run(2)).resolves.toEqual({ ProcessingJobStatus: 'Completed' });
});

test('a name that is in use at the first attempt is somebody’s else', async () => {
  await expect(run(1)).rejects.toThrow('Job name must be unique');
});
