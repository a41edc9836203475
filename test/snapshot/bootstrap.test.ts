/** The version of the CDK's bootstrap stack that `doctor` asks for is the one that this version of the CDK needs. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { OLDEST_BOOTSTRAP } from '../../lib/facts/cdk';

test('an assembly requires it', () => {
  const settings = JSON.parse(readFileSync(path.join(__dirname, '../../cdk.json'), 'utf8')) as { context: object };
  const app = new App({ context: settings.context as never, analyticsReporting: false });
  new Stack(app, 'Any');
  expect(app.synth().getStackByName('Any').requiresBootstrapStackVersion).toBe(OLDEST_BOOTSTRAP);
});
