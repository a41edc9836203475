/** The function behind the alarms: reads its environment, and lets respond.ts do the work on the real cloud. */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { SnsEvent } from './alarm-message';
import type { LambdaContext } from '../environment';
import { awsServices } from './aws-services';
import { respond, type Outcome } from './respond';
import type { ResponderSettings } from './services';

export async function handler(event: SnsEvent, context: LambdaContext): Promise<Outcome[]> {
  const settings = settingsOf(process.env);
  const outcomes = await respond(event, awsServices(settings, context), settings);
  for (const outcome of outcomes) console.log(JSON.stringify(outcome));
  return outcomes;
}

function settingsOf(env: NodeJS.ProcessEnv): ResponderSettings {
  const told = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
    return value;
  };
  const code = readdirSync(__dirname).filter((name) => /\.py$|^features\.json$/.test(name));
  return {
    bucket: told('BUCKET'),
    group: told('GROUP'),
    endpoint: told('ENDPOINT'),
    endpointStack: told('ENDPOINT_STACK'),
    deployRole: told('DEPLOY_ROLE'),
    retrainRole: told('RETRAIN_ROLE'),
    image: told('IMAGE'),
    compute: told('COMPUTE') === 'processing' ? 'processing' : 'training',
    learner: told('LEARNER'),
    region: told('AWS_REGION'),
    deadLetters: told('DEAD_LETTERS'),
    coolDownMinutes: Number(told('COOL_DOWN_MINUTES')),
    code: Object.fromEntries(code.sort().map((name) => [name, readFileSync(path.join(__dirname, name))])),
  };
}
