/**
 * The process that holds the CDK's toolkit: started with one target's environment and nothing else, so that the target
 * of a deployment is decided before the SDK is loaded. Speaks with lib/target/toolkit.ts over its IPC channel.
 */
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';

import {
  BaseCredentials,
  BootstrapEnvironments,
  type IIoHost,
  type IoMessage,
  type IoRequest,
  StackParameters,
  StackSelectionStrategy,
  Toolkit,
} from '@aws-cdk/toolkit-lib';

import type { Answer, Job } from './toolkit-protocol';

const tell = (answer: Answer): void => void process.send?.(answer);

interface Activity {
  readonly event: {
    LogicalResourceId?: string;
    ResourceType?: string;
    ResourceStatus?: string;
    ResourceStatusReason?: string;
  };
  readonly progress: { readonly completed: number; readonly total?: number };
}

/** The first reason that CloudFormation gives is the cause; "cancelled" only says that something else failed. */
let firstFailure: string | undefined;
let rollingBack = false;
let asked: ((answer: string) => void) | undefined;

const host: IIoHost = {
  async notify(message: IoMessage<unknown>): Promise<void> {
    if (message.code === 'CDK_TOOLKIT_I5502') {
      const { event, progress } = message.data as Activity;
      const status = event.ResourceStatus ?? '';
      if (/_FAILED$/.test(status) && !/cancelled/i.test(event.ResourceStatusReason ?? '')) {
        firstFailure ??= `${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatusReason ?? status}`;
      }
      rollingBack ||= /ROLLBACK/.test(status);
      const count =
        progress.total === undefined ? String(progress.completed) : `${progress.completed}/${progress.total}`;
      tell({
        kind: 'progress',
        stage: rollingBack ? 'Rolling back' : 'Deploying',
        // The stack's own events come first and last.
        detail:
          event.ResourceType === 'AWS::CloudFormation::Stack'
            ? `${count} resources`
            : `${count} ${event.ResourceType ?? ''} ${event.LogicalResourceId ?? ''}`,
      });
    } else if (message.code === 'CDK_TOOLKIT_I5220') {
      tell({ kind: 'progress', stage: 'Uploading assets', detail: '' });
    } else if (message.code?.startsWith('CDK_ASSETS_E')) {
      firstFailure ??= message.message;
    }
  },
  async requestResponse<T>(message: IoRequest<unknown, T>): Promise<T> {
    if (message.code !== 'CDK_SDK_I1100') return message.defaultResponse;
    // The one thing that only the person knows: the code of a multi-factor device.
    const answer = new Promise<string>((resolve) => (asked = resolve));
    tell({ kind: 'question', text: message.message });
    return (await answer) as T;
  },
};

function makeToolkit(job: Job): Toolkit {
  const bundle = process.env.AWS_CA_BUNDLE;
  return new Toolkit({
    ioHost: host,
    color: false,
    emojis: false,
    sdkConfig: {
      baseCredentials: BaseCredentials.awsCliCompatible({ profile: job.profile, defaultRegion: job.region }),
      ...(bundle && { httpOptions: { agent: new Agent({ ca: readFileSync(bundle), keepAlive: true }) } }),
    },
  });
}

async function run(job: Job): Promise<Record<string, string>> {
  const toolkit = makeToolkit(job);
  if (job.kind === 'bootstrap') {
    await toolkit.bootstrap(BootstrapEnvironments.fromList([`aws://${job.account}/${job.region}`]), {
      terminationProtection: false,
    });
    return {};
  }
  const source = await toolkit.fromAssemblyDirectory(job.folder);
  const result = await toolkit.deploy(source, {
    stacks: { strategy: StackSelectionStrategy.PATTERN_MUST_MATCH_SINGLE, patterns: [job.stackName] },
    parameters: StackParameters.withExisting(job.parameters),
    deploymentMethod: { method: job.changeSet ? 'change-set' : 'direct' },
    stackEventPollingInterval: job.pollMs,
    assetBuildConcurrency: 2,
  });
  return result.stacks[0]?.outputs ?? {};
}

process.on('message', (message: Job | { readonly kind: 'answer'; readonly text: string }) => {
  if (message.kind === 'answer') return asked?.(message.text);
  firstFailure = undefined;
  rollingBack = false;
  run(message).then(
    (outputs) => tell({ kind: 'done', outputs }),
    (error: unknown) => {
      const cause = error as Error & { type?: string };
      tell({
        kind: 'failed',
        name: cause.name,
        type: cause.type,
        message: cause.message,
        reason: firstFailure,
        stack: cause.stack,
      });
    },
  );
});
// The parent is gone: nobody waits for the answer any more.
process.on('disconnect', () => process.exit(0));
