/** What the local cloud lacks is refused in the service's own protocol: stock clients read which operation it was, and why. */
import { tmpdir } from 'node:os';
import { ListMetricStreamsCommand } from '@aws-sdk/client-cloudwatch';
import { ListBlueprintsCommand } from '@aws-sdk/client-glue';
import { ListHubsCommand } from '@aws-sdk/client-sagemaker';
import { ListOriginationNumbersCommand } from '@aws-sdk/client-sns';
import type { Target } from '../../lib/target';
import type { Clients } from '../../lib/target/clients';
import { AwsCli } from './aws-cli';
import { openPrivateTarget } from './private-target';

let target: Target;
let cli: AwsCli;
beforeAll(async () => {
  target = await openPrivateTarget();
  cli = new AwsCli();
});
afterAll(async () => {
  cli?.stop();
  await target?.close();
});

const says = (operation: string): string => `The local cloud does not have ${operation}; no lab uses it.`;

test.each<[string, (clients: Clients) => Promise<unknown>]>([
  ['sagemaker:ListHubs', ({ sagemaker }) => sagemaker.send(new ListHubsCommand({}))],
  ['glue:ListBlueprints', ({ glue }) => glue.send(new ListBlueprintsCommand({}))],
  ['sns:ListOriginationNumbers', ({ sns }) => sns.send(new ListOriginationNumbersCommand({}))],
  ['cloudwatch:ListMetricStreams', ({ cloudwatch }) => cloudwatch.send(new ListMetricStreamsCommand({}))],
])('%s, asked by the SDK for JavaScript', async (operation, send) => {
  await expect(send(target.clients)).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: says(operation),
  });
});

test.each([
  [
    'ce:GetCostAndUsage',
    'ce get-cost-and-usage --time-period Start=2026-11-01,End=2026-11-02 --granularity DAILY --metrics BlendedCost',
  ],
  ['redshift:DescribeClusters', 'redshift describe-clusters'],
  ['lakeformation:ListPermissions', 'lakeformation list-permissions'],
])('%s, asked by the AWS CLI', (operation, command) => {
  const { status, output } = cli.shell(target, `aws ${command}`, { cwd: tmpdir() });
  expect(status).not.toBe(0);
  expect(output).toContain('(UnknownOperationException)');
  expect(output).toContain(says(operation));
});
