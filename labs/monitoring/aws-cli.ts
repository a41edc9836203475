/** Shell words for the AWS CLI commands that `--explain` prints. */
import { quoted } from '../../lib/course/shell';
import { MIN_REQUESTS, BATCH_SIZES, batchFile } from './traffic/flights';
import { SCRATCH_FOLDER, type LabResources } from './resources';

/** One request with the AWS CLI, then all: the AWS CLI takes a second to start for each. */
export function sendCommands(resources: LabResources, batch: string): string[] {
  const flight = `${SCRATCH_FOLDER}/flight.csv`;
  const endpoint = quoted(resources.endpoint);
  return [
    [
      `mkdir -p ${SCRATCH_FOLDER}`,
      `gunzip -c ${quoted(`data/${batchFile(batch).path}`)} | head -1 | cut -d , -f 2- > ${flight}`,
      `aws sagemaker-runtime invoke-endpoint --endpoint-name ${endpoint} --content-type text/csv --accept text/csv --inference-id try.0.cli --body fileb://${flight} ${SCRATCH_FOLDER}/answer && cat ${SCRATCH_FOLDER}/answer`,
    ].join('\n'),
    `npx tsx labs/monitoring/tools/send.ts ${endpoint} ${batch} ${BATCH_SIZES[batch]!} && ${untilCaptured(resources, batch)}`,
  ];
}

/** How often in a row nothing new came, at 5 seconds each, before some of a batch will do: 5 minutes. */
const QUIET_LOOKS = 60;

/** Waits until the capture holds the batch; enough of it will do, once no more comes: AWS does not promise to keep all. */
export function untilCaptured(resources: LabResources, batch: string): string {
  const folder = `${SCRATCH_FOLDER}/capture`;
  const uri = quoted(`s3://${resources.bucket}/capture/${resources.endpoint}/`);
  const look = `was=$n; aws s3 sync ${uri} ${folder} --only-show-errors; n=$(cat $(find ${folder} -name '*.jsonl') /dev/null | grep -c '"${batch}\\.'); echo "$n kept"`;
  const quiet = '[ "$n" = "$was" ] && quiet=$((quiet + 1)) || quiet=0';
  const enough = `[ "$n" -ge ${BATCH_SIZES[batch]!} ] || { [ "$n" -ge ${MIN_REQUESTS} ] && [ "$quiet" -ge ${QUIET_LOOKS} ]; }`;
  return `n=0; quiet=0; until ${look}; ${quiet}; ${enough}; do sleep 5; done`;
}

/** Waits until a command prints something. */
export function untilOutput(variable: string, command: string): string {
  return `until ${variable}=$(${command}); [ -n "$${variable}" ] && [ "$${variable}" != None ]; do sleep 2; done`;
}

/** Waits until an alarm is on. */
export const untilAlarm = (name: string): string =>
  `until aws cloudwatch describe-alarms --alarm-names ${quoted(name)} --query 'MetricAlarms[0].StateValue' --output text | grep -q ALARM; do sleep 2; done; aws cloudwatch describe-alarms --alarm-names ${quoted(name)} --query 'MetricAlarms[0].StateReason' --output text`;

/** Sets `$start` and `$end`: the window of the newest requests of a batch, as the capture tells. */
export function windowCommands(resources: LabResources, batch: string): string {
  const folder = `${SCRATCH_FOLDER}/capture`;
  const uri = quoted(`s3://${resources.bucket}/capture/${resources.endpoint}/`);
  return [
    `aws s3 sync ${uri} ${folder} --only-show-errors`,
    ...['start', 'end'].map(
      (which) => `${which}=$(npx tsx labs/monitoring/tools/window.ts ${folder} ${batch} ${which}) &&`,
    ),
    'echo "$start to $end" &&',
  ].join('\n');
}
