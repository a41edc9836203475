/** Kills a function of a lab while it runs, as a machine of AWS that fails would. */
import { readFileSync } from 'node:fs';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { processesOf } from '../../local-cloud/boot/processes';
import type { Stage } from '../proof/stage';
import { until } from '../proof/until';

/**
 * Runs a function, and kills its processes once its role has made so many requests.
 *
 * @param run asks for the function, and ends with it
 * @returns what that said, and whether it was at work when it was killed
 */
export async function killedAt<T>(
  stage: Stage,
  name: string,
  request: number,
  run: () => Promise<T>,
): Promise<{ readonly said: T; readonly killed: boolean }> {
  const { cloud } = stage;
  const { lambda } = stage.target.clients;
  const { Role } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  const role = Role!.split('/').at(-1)!;
  const asked = async (): Promise<number> =>
    (await cloud.requests()).filter(({ principal }) => principal.includes(role)).length;
  const before = await asked();
  let ended = false;
  const running = run().finally(() => (ended = true));
  await until(async () => ended || (await asked()) - before >= request, 20);
  // The emulator makes a folder for each function that runs.
  const isOf = (pid: number): boolean => commandOf(pid).includes(`/ministack-lambda-${name}-`);
  const killed = !ended;
  for (const pid of processesOf(cloud.state.id).filter(isOf)) process.kill(pid, 'SIGKILL');
  return { said: await running, killed };
}

/** Empty for a process that has ended. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
