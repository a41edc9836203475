import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { logGroupArns } from '../../arns';
import { isTheStacks } from '../../ownership-proof';
import type { Found, Kind } from '../../kind';
import { ourProjectNames } from '../codebuild/names';
import { ourEndpointNames } from '../sagemaker/endpoints';
import { groupExists } from './groups';

/** Where CodeBuild and SageMaker write: one group a project, one an endpoint. */
const BUILDS = '/aws/codebuild/';
const ENDPOINTS = '/aws/sagemaker/Endpoints/';

/** Log groups that AWS made for our projects and endpoints, and leaves behind without tags. */
export const logsServiceGroup: Kind = {
  id: 'logs:service-group',
  title: 'log groups of builds and endpoints',
  after: [
    { kind: 'codebuild:build', why: 'a running build writes more, and would make the group again' },
    { kind: 'codebuild:project', why: 'a project could start the next build' },
    { kind: 'cloudformation:stack', why: 'the endpoint in it writes more' },
    { kind: 'sagemaker:endpoint', why: 'an endpoint writes more as long as it serves' },
  ],
  async list(scope) {
    const found: Found[] = [];
    const owners: [string, string, ReadonlyMap<string, string>][] = [
      [BUILDS, 'project', scope.kinds.has('codebuild:project') ? await ourProjectNames(scope) : new Map()],
      [ENDPOINTS, 'endpoint', scope.kinds.has('sagemaker:endpoint') ? await ourEndpointNames(scope) : new Map()],
    ];
    for (const [start, what, names] of owners) {
      for (const [name, because] of names) {
        if (await isTheStacks(scope, 'logGroups', start + name)) continue;
        if (!(await groupExists(scope, start + name))) continue;
        found.push({ kind: 'logs:service-group', id: start + name, because: `of the ${what} ${name}, ${because}` });
      }
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.logs.send(new DeleteLogGroupCommand({ logGroupName: found.id }));
  },
  permissions: [
    {
      actions: ['logs:DeleteLogGroup'],
      resources: (place) => logGroupArns(place, `${BUILDS}*`, `${ENDPOINTS}*`),
      reason: 'AWS makes these groups without tags; the code takes only those of our projects and endpoints',
    },
    { actions: ['logs:DescribeLogGroups'], resources: () => ['*'], reason: 'a list has no resource types' },
  ],
};
