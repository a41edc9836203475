/** States of the local cloud that can be over before anybody asks: a poll that misses one says nothing. */

/** By service and member, as local-cloud/services/ sets them. */
const PASSING: Readonly<Record<string, readonly string[]>> = {
  'Athena State': ['QUEUED', 'RUNNING'],
  'CloudFormation StackStatus': ['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE'],
  'CodeBuild buildStatus': ['IN_PROGRESS'],
  'CodeBuild currentPhase': [
    'SUBMITTED',
    'QUEUED',
    'PROVISIONING',
    'DOWNLOAD_SOURCE',
    'INSTALL',
    'PRE_BUILD',
    'BUILD',
    'POST_BUILD',
    'UPLOAD_ARTIFACTS',
    'FINALIZING',
  ],
  'CodePipeline status': ['InProgress'],
  'Glue JobRunState': ['STARTING', 'RUNNING', 'STOPPING'],
  'Glue State': ['RUNNING', 'STOPPING'],
  'Glue Status': ['STARTING', 'RUNNING', 'STOPPING'],
  'SageMaker EndpointStatus': ['Creating', 'Updating', 'Deleting'],
  'SageMaker HyperParameterTuningJobStatus': ['InProgress', 'Stopping'],
  'SageMaker ModelPackageStatus': ['Pending', 'InProgress'],
  'SageMaker ProcessingJobStatus': ['InProgress', 'Stopping'],
  'SageMaker SecondaryStatus': ['Starting', 'Pending', 'Downloading', 'Training', 'Uploading', 'Stopping'],
  'SageMaker TrainingJobStatus': ['InProgress', 'Stopping'],
};

/** @param path of the member in the answer */
export function isPassing(service: string, path: string, state: string): boolean {
  return PASSING[`${service} ${path.split('.').at(-1)}`]?.includes(state) ?? false;
}

/** @param state of a thing, as `JobRun.JobRunState=RUNNING ...` */
export function tellsPassing(service: string, state: string): boolean {
  return state.split(' ').some((told) => {
    const [path = '', value = ''] = told.split('=');
    return isPassing(service, path, value);
  });
}
