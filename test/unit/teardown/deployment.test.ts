/** What lab 3 leaves, against an account in which a learner was at work beside neighbours. */
import { readOwnership, writeRecord } from '../../../lib/teardown/record';
import { inventory, sweep } from '../../../lib/teardown/sweep';
import { ACCOUNT, REGION } from './fake-cloud';
import { roleArn } from './fake-release';
import {
  BASE,
  BUCKET,
  DEPLOY_ROLE,
  inTheConsole,
  neighbours,
  OWNERSHIP,
  PRODUCTION,
  released,
  STAGING,
  THEIRS,
} from './release-scenes';

const EXEC_ROLE = `cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-${REGION}`;

describe('a sweep of a lab that has released', () => {
  test('removes all that is ours, whoever made it; the neighbours’ and CloudFormation’s own stay', async () => {
    const cloud = released();
    const theirs = neighbours(cloud);
    inTheConsole(cloud);
    const { left } = await sweep(cloud.run(), OWNERSHIP);
    expect(left).toEqual([]);
    const now = cloud.things();
    expect(theirs.filter((thing) => !now.includes(thing))).toEqual([]);
    expect(now.filter((thing) => !theirs.includes(thing) && !thing.startsWith('role '))).toEqual([
      `bucket ${BUCKET}`,
      `execution ${BASE}/e-1 Succeeded`,
      `execution ${BASE}/e-2 Stopped`,
      `group ${BASE}`,
      `pipeline ${BASE}`,
      `project ${BASE}--verify`,
      'rule MlaLabs-Deployment-SourceRule-1',
    ]);
    expect(await inventory(cloud.run(), OWNERSHIP)).toEqual([]);
  });

  test('counts what is in a stack of ours with the stack, once', async () => {
    const cloud = released();
    const listed = (await inventory(cloud.run(), OWNERSHIP)).map(({ kind }) => kind);
    expect(listed.filter((kind) => /^sagemaker:(endpoint|endpoint-config|model)$/.test(kind))).toEqual([]);
    const { removed } = await sweep(cloud.run(), OWNERSHIP);
    expect(removed.map(({ kind }) => kind)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^sagemaker:(endpoint|endpoint-config|model)$/)]),
    );
    expect(removed.filter(({ kind }) => kind === 'cloudformation:stack').map(({ because }) => because)).toEqual([
      `it is deployed with our role ${DEPLOY_ROLE}`,
      `it is deployed with our role ${DEPLOY_ROLE}`,
    ]);
  });

  test('goes in order: releases, builds, stacks, endpoints, and only then models, objects and logs', async () => {
    const cloud = released();
    inTheConsole(cloud);
    await sweep(cloud.run(), OWNERSHIP);
    const at = (start: string): number => {
      const index = cloud.changes.findIndex((change) => change.startsWith(start));
      expect([start, index]).not.toEqual([start, -1]);
      return index;
    };
    expect(at('DeleteRule')).toBeLessThan(at('DeletePipeline'));
    expect(at('StopPipelineExecution')).toBeLessThan(at('StopBuild'));
    expect(at('StopPipelineExecution')).toBeLessThan(at('DeleteStack'));
    expect(at('DeleteEndpoint my-endpoint')).toBeLessThan(at('DeleteEndpointConfig'));
    expect(at('DeleteEndpointConfig')).toBeLessThan(at('DeleteModel my-model'));
    expect(at('DeleteStack')).toBeLessThan(at('DeleteModelPackage'));
    expect(at('DeleteStack')).toBeLessThan(at(`DeleteObjects ${BUCKET}`));
    expect(at('DeleteEndpoint my-endpoint')).toBeLessThan(at('DeleteLogGroup /aws/sagemaker/Endpoints/my-endpoint'));
  });

  test('empties the bucket again when capture arrives while it is emptied', async () => {
    const cloud = released();
    cloud.late = ['capture/late-1', 'capture/late-2'];
    expect((await sweep(cloud.run(), OWNERSHIP)).left).toEqual([]);
    expect(cloud.buckets.get(BUCKET)?.versions).toEqual([]);
  });

  test('believes no recorded name of a stack: whose role it uses decides', async () => {
    const cloud = released();
    const theirs = neighbours(cloud);
    const claims = {
      ...OWNERSHIP,
      stacks: [`${BASE}-2-production`, 'nested'],
      endpoints: [`${BASE}-2-production`],
      pipelines: [`${BASE}-2`],
      buildProjects: [`${BASE}-2-verify`],
      alarms: ['cpu', 'theirs-and-ours'],
      roles: [...OWNERSHIP.roles, THEIRS],
    };
    await sweep(cloud.run(), claims);
    cloud.stack = undefined;
    await sweep(cloud.run(), claims);
    const now = cloud.things();
    expect(theirs.filter((thing) => !now.includes(thing))).toEqual([]);
  });

  test('another learner’s lab survives, though its stack begins with our stack’s name', async () => {
    const cloud = released();
    const ana = { ...cloud.ours, 'mla-labs:learner': 'ana' };
    cloud.roles.set('MlaLabs-Deployment-ana-DeployRole-1', ana);
    const role = roleArn('MlaLabs-Deployment-ana-DeployRole-1');
    cloud.stacks.set('MlaLabs-Deployment-ana', { status: 'CREATE_COMPLETE', tags: ana, resources: [] });
    cloud.stacks.set('mla-labs-deployment-ana--production', {
      status: 'CREATE_COMPLETE',
      role,
      tags: ana,
      resources: [],
    });
    await sweep(cloud.run(), OWNERSHIP);
    expect([...cloud.stacks.keys()]).toEqual(['MlaLabs-Deployment-ana', 'mla-labs-deployment-ana--production']);
  });
});

describe('a stack in trouble', () => {
  test('that cannot be deleted loses its endpoint first, which is billed', async () => {
    const cloud = released();
    cloud.stacks.get(PRODUCTION)!.stuck = true;
    expect((await sweep(cloud.run(), OWNERSHIP)).left).toEqual([]);
    expect(cloud.changes).toContain(`DeleteEndpoint ${PRODUCTION}`);
    expect(cloud.stacks.size).toBe(0);
  });

  test('is left with CloudFormation’s own reasons, of the last attempt alone, and keeps the lab’s stack from going', async () => {
    const cloud = released();
    cloud.stacks.get(PRODUCTION)!.stuck = true;
    cloud.refuse = (command, id) =>
      command === 'DeleteStack' && cloud.changes.includes(`DeleteEndpoint ${PRODUCTION}`) && id.includes('production')
        ? Object.assign(new Error('TerminationProtection is enabled'), { name: 'ValidationError' })
        : undefined;
    const { left } = await sweep(cloud.run(), OWNERSHIP);
    expect(left.find(({ found }) => found.kind === 'cloudformation:stack')).toMatchObject({
      error: expect.stringContaining('TerminationProtection is enabled'),
      blocks: expect.stringContaining('billed'),
    });
    cloud.refuse = (command) =>
      command === 'DeleteEndpoint' ? Object.assign(new Error('no'), { name: 'ValidationException' }) : undefined;
    const again = released();
    again.stacks.get(STAGING)!.stuck = true;
    again.refuse = (command) =>
      command === 'DeleteEndpoint'
        ? Object.assign(new Error('Could not find it'), { name: 'ValidationException' })
        : undefined;
    const stuck = (await sweep(again.run(), OWNERSHIP)).left.find(({ found }) => found.kind === 'cloudformation:stack');
    expect(stuck?.error).toMatch(/Waited .* for the endpoint/);
    expect(again.endpoints.has(STAGING)).toBe(true);
  });

  test.each(['CREATE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'])(
    '%s is waited for',
    async (status) => {
      const cloud = released();
      Object.assign(cloud.stacks.get(PRODUCTION)!, { status, busyFor: 4 });
      expect((await sweep(cloud.run(), OWNERSHIP)).left).toEqual([]);
      expect(cloud.slept).toBeGreaterThan(2);
    },
  );

  test('in review, whose change set nobody executed, is not waited for', async () => {
    const cloud = released();
    cloud.stacks.set('draft', { status: 'REVIEW_IN_PROGRESS', role: DEPLOY_ROLE, resources: [] });
    cloud.refuse = (command, id) => {
      if (command === 'DeleteStack' && id.includes('/draft/')) cloud.stacks.get('draft')!.status = 'CREATE_FAILED';
      return undefined;
    };
    expect((await sweep(cloud.run(), OWNERSHIP)).left).toEqual([]);
  });

  test('whose role is gone is deleted with the role that deletes the lab’s own', async () => {
    const cloud = released();
    await writeRecord(cloud.run(), OWNERSHIP);
    cloud.stack = undefined;
    cloud.roles.delete('MlaLabs-Deployment-DeployRole-1');
    cloud.roles.set(EXEC_ROLE, {});
    expect((await sweep(cloud.run(), (await readOwnership(cloud.run()))!)).left).toEqual([]);
    expect(cloud.stacks.size).toBe(0);
  });

  test('whose role is gone, with no other to delete it: it is said how, and the endpoint is not billed any more', async () => {
    const cloud = released();
    cloud.stack = undefined;
    cloud.roles.delete('MlaLabs-Deployment-DeployRole-1');
    const { left } = await sweep(cloud.run(), OWNERSHIP);
    const stack = left.find(({ found }) => found.id === PRODUCTION);
    expect(stack?.error).toContain(`its role ${DEPLOY_ROLE} is gone`);
    expect(stack?.error).toContain(`aws cloudformation delete-stack --stack-name ${PRODUCTION} --role-arn`);
    expect(cloud.endpoints.size).toBe(0);
    expect(left.map(({ found }) => found.kind)).toContain('iam:role');
  });
});

describe('what is left when the stack is gone', () => {
  test('goes by the record: pipeline, project, stacks and logs, roles and record last', async () => {
    const cloud = released();
    await writeRecord(cloud.run(), OWNERSHIP);
    for (const one of [...cloud.pipelines.values(), ...cloud.projects.values()]) one.role = DEPLOY_ROLE;
    cloud.rules.clear();
    cloud.stack = undefined;
    expect((await sweep(cloud.run(), (await readOwnership(cloud.run()))!)).left).toEqual([]);
    expect(cloud.things()).toEqual([]);
  });

  test('logs of a recorded endpoint or project go although it is gone, and stay where somebody has the name now', async () => {
    const cloud = released();
    cloud.stack = undefined;
    cloud.stacks.clear();
    cloud.projects.clear();
    cloud.endpoints.delete(STAGING);
    cloud.configs.clear();
    cloud.configs.set('theirs', { models: ['theirs'] });
    cloud.endpoints.set(PRODUCTION, { config: 'theirs', status: 'InService' });
    await sweep(cloud.run(), OWNERSHIP);
    expect([...cloud.groups.keys()]).toEqual([`/aws/sagemaker/Endpoints/${PRODUCTION}`]);
    expect(cloud.endpoints.has(PRODUCTION)).toBe(true);
    expect(cloud.alarms.has(`${PRODUCTION}-errors`)).toBe(true);
  });
});
