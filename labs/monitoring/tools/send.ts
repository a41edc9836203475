/**
 * `npx tsx labs/monitoring/tools/send.ts ENDPOINT BATCH COUNT`: asks an endpoint about flights, one a request, each with
 * an id. The AWS CLI does the same with a second for each. Region, credentials and endpoint are those of the environment.
 */
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { requestErrorText } from '../../../lib/aws/invoke-endpoint';
import { sampleFlights } from '../traffic/flights';
import { newReplayStamp, sendFlights } from '../traffic/send';

const [endpoint = '', batch = '', count = ''] = process.argv.slice(2);
const stamp = newReplayStamp();
sendFlights(new SageMakerRuntimeClient({}), endpoint, batch, sampleFlights(batch, Number(count)), stamp).then(
  () => console.log(`${count} flights of ${batch}, ids ${batch}.<row>.${stamp}`),
  (error: unknown) => {
    console.error(requestErrorText(error));
    process.exitCode = 1;
  },
);
