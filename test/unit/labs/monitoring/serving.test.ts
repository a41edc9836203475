/** What serves, held against the endpoint's stack. */
import { servingFault } from '../../../../labs/monitoring/endpoint/serving';
import type { LabResources } from '../../../../labs/monitoring/resources';
import type { LabRun } from '../../../../lib/course/run';

const VERSION = 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mla-labs-monitoring-me/1';
const place = { endpoint: 'watched', stack: 'watched-endpoint' } as LabResources;

/** @param made name in the ARN of the configuration that the stack made */
function runOf(made: string): LabRun {
  const answers: Record<string, object> = {
    DescribeEndpointCommand: { EndpointStatus: 'InService', EndpointConfigName: 'EndpointConfig-Xk3vQ9' },
    DescribeEndpointConfigCommand: { ProductionVariants: [{ ModelName: 'Model-Ab12' }] },
    DescribeModelCommand: { PrimaryContainer: { ModelPackageName: VERSION } },
    DescribeStacksCommand: {
      Stacks: [{ StackId: 'id', Parameters: [{ ParameterKey: 'ModelPackageArn', ParameterValue: VERSION }] }],
    },
    DescribeStackResourcesCommand: {
      StackResources: [
        {
          ResourceType: 'AWS::SageMaker::EndpointConfig',
          PhysicalResourceId: `arn:aws:sagemaker:eu-west-1:123456789012:endpoint-config/${made}`,
        },
      ],
    },
  };
  const client = { send: async (command: object) => answers[command.constructor.name] };
  return { clients: { sagemaker: client, cloudformation: client } } as unknown as LabRun;
}

test.each(['endpointconfig-xk3vq9', 'EndpointConfig-Xk3vQ9'])('a stack that made %s made what serves', async (made) => {
  expect(await servingFault(runOf(made), place, VERSION)).toBeUndefined();
});

test('another configuration than the stack made is a fault', async () => {
  expect(await servingFault(runOf('endpointconfig-other'), place, VERSION)).toContain('past the stack');
});
