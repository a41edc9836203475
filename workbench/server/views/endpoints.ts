/** The lab's endpoints with what serves, and an answer to a flight. */
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { isNoSuchJob } from '../../../lib/aws/sagemaker';
import { readDataFile } from '../../../lib/course/data-plan';
import { preparedManifest } from '../../../lib/course/prepared-data';
import { LabError } from '../../../lib/course/errors';
import type { AnswerView, EndpointsView } from '../../api';
import { outputsOf, type View, wrongName } from './view';

export const ENDPOINTS = ['Endpoint', 'StagingEndpoint', 'ProductionEndpoint'] as const;

interface Variant {
  readonly VariantName?: string;
  readonly CurrentWeight?: number;
  readonly CurrentInstanceCount?: number;
  readonly CurrentServerlessConfig?: { readonly MemorySizeInMB?: number };
}

const variantOf =
  (coming: boolean) =>
  ({ VariantName = '', CurrentWeight, CurrentInstanceCount = 0, CurrentServerlessConfig: serverless }: Variant) => ({
    name: VariantName,
    coming,
    weight: CurrentWeight,
    capacity: serverless ? `serverless, ${serverless.MemorySizeInMB} MB` : `instances: ${CurrentInstanceCount}`,
  });

let example: EndpointsView['example'] | undefined;

/** A flight of June, which no model has learnt from, as a model takes it. */
function exampleFlight(): EndpointsView['example'] {
  if (example) return example;
  const { columns, files } = preparedManifest();
  const [line = ''] = readDataFile(files.find(({ key }) => key.includes('/2013-06/'))!)
    .toString()
    .split('\n');
  return (example = { fields: columns.slice(1), flight: line.slice(line.indexOf(',') + 1) });
}

export const endpoints: View = {
  title: 'Endpoints',
  outputs: ENDPOINTS,
  async read({ run }): Promise<EndpointsView> {
    const found = outputsOf(run, ENDPOINTS).map(async (name) => {
      try {
        const one = await run.clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
        return {
          name,
          state: one.EndpointStatus ?? '',
          reason: one.FailureReason,
          config: one.EndpointConfigName,
          variants: [
            ...(one.ProductionVariants ?? []).map(variantOf(false)),
            ...(one.PendingDeploymentSummary?.ProductionVariants ?? []).map(variantOf(true)),
          ],
        };
      } catch (error) {
        if (!isNoSuchJob(error)) throw error;
        return { name, state: 'is not there yet', variants: [] };
      }
    });
    return { endpoints: await Promise.all(found), example: exampleFlight() };
  },
  async act({ run }, { endpoint, flight }): Promise<AnswerView | undefined> {
    if (typeof flight !== 'string' || flight.trim() === '') return undefined;
    const name = outputsOf(run, ENDPOINTS).find((one) => one === endpoint);
    if (name === undefined) throw wrongName('endpoint', String(endpoint));
    const began = performance.now();
    try {
      const answer = await run.clients.sagemakerRuntime.send(
        new InvokeEndpointCommand({ EndpointName: name, ContentType: 'text/csv', Accept: 'text/csv', Body: flight }),
      );
      return {
        answer: new TextDecoder().decode(answer.Body),
        variant: answer.InvokedProductionVariant,
        milliseconds: Math.round(performance.now() - began),
      };
    } catch (error) {
      throw new LabError(`The endpoint ${name} gave no answer: ${(error as Error).message}`, {
        why: 'It is not there or not in service, or the flight is not one line of numbers as the model takes them.',
        next: 'look at its state, and at the flight',
        cause: error,
      });
    }
  },
};
