/** "CodeBuild Build State Change": https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications-ref.html */
import type { Build } from '@aws-sdk/client-codebuild';
import type { Cloud } from '../service';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A time as CodeBuild writes it in events, such as `Sep 1, 2017 4:12:29 PM`. */
export function eventTime(time: Date): string {
  const hour = time.getUTCHours();
  const two = (value: number): string => String(value).padStart(2, '0');
  return (
    `${MONTHS[time.getUTCMonth()]} ${time.getUTCDate()}, ${time.getUTCFullYear()} ` +
    `${hour % 12 || 12}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} ${hour < 12 ? 'AM' : 'PM'}`
  );
}

/** Puts the event of a build's present state. An event that cannot be delivered must not fail the build. */
export async function putStateChangeEvent(cloud: Cloud, build: Build): Promise<void> {
  const { environment, logs } = build;
  const detail = {
    'build-status': build.buildStatus,
    'project-name': build.projectName,
    'build-id': build.arn,
    'current-phase': build.currentPhase,
    'current-phase-context': '[]',
    'additional-information': {
      'timeout-in-minutes': build.timeoutInMinutes,
      'build-complete': build.buildComplete,
      'build-number': build.buildNumber,
      initiator: build.initiator,
      'build-start-time': eventTime(build.startTime!),
      source: build.source,
      artifact: build.artifacts,
      environment: {
        image: environment?.image,
        'compute-type': environment?.computeType,
        type: environment?.type,
        'environment-variables': environment?.environmentVariables,
      },
      logs: { 'group-name': logs?.groupName, 'stream-name': logs?.streamName, 'deep-link': logs?.deepLink },
      phases: (build.phases ?? []).map((phase) => ({
        'phase-type': phase.phaseType,
        'phase-status': phase.phaseStatus,
        'phase-context': (phase.contexts ?? []).map(({ statusCode, message }) => `${statusCode}: ${message}`),
        ...(phase.startTime && { 'start-time': eventTime(phase.startTime) }),
        ...(phase.endTime && { 'end-time': eventTime(phase.endTime) }),
        'duration-in-seconds': phase.durationInSeconds,
      })),
    },
    version: '1',
  };
  try {
    await cloud.event('CodeBuild Build State Change', detail, [build.arn!], 'aws.codebuild');
  } catch {
    // Nobody waits for it.
  }
}
