/**
 * The CDK app: one stack a lab.
 *
 * Context: `-c learner=ana` whose labs (default `me`), `-c lab=data-prep` only this one, and each lab's modes.
 */
import { App } from 'aws-cdk-lib';
import { DEFAULT_LEARNER } from '../lib/course/names';
import { labEntry, LABS } from '../lib/course/registry';

// Starting the CDK's template validator takes three seconds, more than all the rest. Tests run it on every template; here
// it runs when asked for: CDK_VALIDATION=true npx cdk synth.
process.env.CDK_VALIDATION ??= 'false';

async function main(): Promise<void> {
  // Nothing of the machine, the path or the CLI's own settings may reach a template.
  const app = new App({
    analyticsReporting: false,
    treeMetadata: false,
    postCliContext: {
      'aws:cdk:enable-path-metadata': false,
      'aws:cdk:enable-asset-metadata': false,
      'aws:cdk:disable-creation-stack-traces': true,
    },
  });
  const learner = String(app.node.tryGetContext('learner') ?? DEFAULT_LEARNER);
  const only: unknown = app.node.tryGetContext('lab');
  const entry = only === undefined ? undefined : labEntry(String(only));
  if (only !== undefined && entry === undefined) {
    throw new Error(`There is no lab ${String(only)}; there is ${LABS.map(({ id }) => id).join(', ')}.`);
  }
  for (const lab of entry === undefined ? LABS : [entry]) (await lab.stack())(app, learner);
  app.synth();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
});
