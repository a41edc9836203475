import { Exit } from '../course/errors';
import { closestMatch } from './closest-match';
import type { Context, Verb } from './context';
import { wrongUse } from './options';
import { requireDeployed } from './require-deployed';
import { wrap } from './ui/text';

/** Where the console shows a stack's resources, each with a link to it. */
function consoleOf(region: string, stackId: string): string {
  return `https://${region}.console.aws.amazon.com/cloudformation/home?region=${region}#/stacks/resources?stackId=${encodeURIComponent(stackId)}`;
}

/** `outputs <lab> [output]`: what the stack's things are called, or the value of one output alone: `$(./lab outputs …)`. */
export const outputs: Verb = async (context: Context, args) => {
  const { ui } = context;
  const lab = await context.lab(args.lab ?? '');
  const { run, standing } = await requireDeployed(
    context,
    lab,
    ['outputs', lab.id, args.output].filter(Boolean).join(' '),
  );
  ui.settle();
  const names = Object.keys(standing.outputs).sort();
  if (args.output !== undefined) {
    const name = names.find((one) => one.toLowerCase() === args.output!.toLowerCase());
    if (name === undefined) {
      const part = names.filter((one) => one.toLowerCase().includes(args.output!.toLowerCase()));
      const near = part.length > 0 ? part : closestMatch(args.output, names);
      throw wrongUse(
        `The stack ${run.stackName} has no output ${JSON.stringify(args.output)}.`,
        near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Its outputs are ${names.join(', ')}.`,
        `./lab outputs ${lab.id}${context.suffix}`,
        near[0] === undefined ? undefined : { wrong: args.output, right: near[0] },
      );
    }
    ui.raw(standing.outputs[name]!);
    ui.document({ lab: lab.id, output: name, value: standing.outputs[name] });
    return Exit.Done;
  }

  const url = run.target === 'aws' ? consoleOf(run.region, standing.id) : undefined;
  ui.say(`${run.stackName}: account ${run.account}, Region ${run.region}`);
  const indent = ' '.repeat(Math.max(...names.map((name) => name.length), 0) + 2);
  for (const name of names) {
    // A value is there to be copied: it is never wrapped.
    ui.raw(`${ui.colours.bold(name)}${indent.slice(name.length)}${standing.outputs[name]}`);
    const what = standing.descriptions[name];
    if (what) ui.raw(wrap(ui.colours.dim(what), ui.width, { first: indent }));
  }
  if (url !== undefined) ui.raw(`All of it in the console: ${url}`);
  ui.say(`One alone, for a shell: ./lab outputs ${lab.id} ${names[0] ?? 'NAME'}${context.suffix}`);
  ui.say(`Next: ./lab check ${lab.id}${context.suffix}`);
  ui.document({
    lab: lab.id,
    learner: run.learner,
    target: run.target,
    stack: run.stackName,
    outputs: standing.outputs,
    console: url ?? null,
  });
  return Exit.Done;
};
