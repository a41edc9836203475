/** The execution role of a job, as SageMaker assumes it. */
import type { Cloud, Principal } from '../service';
import { invalid } from './errors';

/** @throws ServiceError ValidationException when SageMaker may not assume the role */
export async function assumeForSageMaker(cloud: Cloud, roleArn: string, session: string): Promise<Principal> {
  try {
    return await cloud.assume(roleArn, 'sagemaker.amazonaws.com', session);
  } catch (error) {
    throw Object.assign(
      invalid(
        `Could not assume role ${roleArn}. Please ensure that the role exists and allows principal ` +
          "'sagemaker.amazonaws.com' to assume the role.",
      ),
      { cause: error },
    );
  }
}
