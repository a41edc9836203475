/** Every stack that the labs make, as the judges of templates look at it. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import type { Mode } from '../../../lib/course/model';
import type { LabId } from '../../../lib/course/names';
import { labEntry, LABS } from '../../../lib/course/registry';
import { endpointTemplate } from '../../../lib/infra/endpoint-template';
import { ROOT } from '../../../lib/infra/root';
import { TEMPLATE_FILE } from '../../../labs/deployment/names';

/** A template, and what is known of how it was made. */
export interface Judged {
  /** The lab with its modes, for messages. */
  readonly name: string;
  readonly file: string;
  /** The app that it was synthesized from: one without a stack, where it was written by hand. */
  readonly app: App;
  /** Construct paths by logical id, without the stack's prefix and a last `Resource`. */
  readonly paths: ReadonlyMap<string, string>;
}

const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };

/** An app with the project's context, whose templates have nothing of this machine. */
export function appIn(modes: Readonly<Record<string, string>>, outdir?: string): App {
  return new App({
    context: { ...context, ...modes },
    analyticsReporting: false,
    treeMetadata: false,
    autoSynth: false,
    ...(outdir !== undefined && { outdir }),
  });
}

/** Synthesizes an app of one stack. */
export function synthesized(name: string, app: App): Judged {
  const { templateFullPath } = app.synth().stacks[0]!;
  const stack = app.node.children.find((child) => Stack.isStack(child))!;
  const resources = stack.node.findAll().filter((construct) => CfnResource.isCfnResource(construct));
  return {
    name,
    file: templateFullPath,
    app,
    paths: new Map(
      resources.map((one) => [String(stack.resolve((one as CfnResource).logicalId)), shortPath(one.node.path)]),
    ),
  };
}

/** `DataPrep/Lease/Function` of `MlaLabs-DataPrep/Lease/Function/Resource`. */
export const shortPath = (path: string): string => path.replace(/^MlaLabs-/, '').replace(/\/Resource$/, '');

/** All choices of values. */
function combinations(modes: readonly Mode[]): Record<string, string>[] {
  return modes.reduce<Record<string, string>[]>(
    (some, { name, values }) => some.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

async function labStacks(lab: LabId, folder: string): Promise<Judged[]> {
  const entry = labEntry(lab)!;
  const [{ modes }, makeStack] = await Promise.all([entry.lab(), entry.stack()]);
  return combinations(modes).map((choice) => {
    const name = [lab, ...Object.entries(choice).map(([mode, value]) => `${mode}=${value}`)].join(' ');
    const app = appIn(choice, join(folder, name.replaceAll(' ', '_')));
    makeStack(app, 'me');
    return synthesized(name, app);
  });
}

/** The stacks of endpoints, which labs make without the CDK. */
function endpointStacks(folder: string): Judged[] {
  const byHand = { app: appIn({}), paths: new Map<string, string>() };
  const written = { ...byHand, name: 'endpoint of deployment', file: join(folder, TEMPLATE_FILE) };
  copyFileSync(join(ROOT, 'labs/deployment/source', TEMPLATE_FILE), written.file);
  const sent = { ...byHand, name: 'endpoint of monitoring', file: join(folder, 'endpoint.template.json') };
  writeFileSync(sent.file, JSON.stringify(endpointTemplate('monitoring'), undefined, 2));
  return [written, sent];
}

/** Every stack of every lab, in every combination of its modes. A template names no Region: it is the same in each. */
export async function everyStack(folder: string): Promise<Judged[]> {
  mkdirSync(folder, { recursive: true });
  const stacks: Judged[] = endpointStacks(folder);
  for (const { id } of LABS) stacks.push(...(await labStacks(id, folder)));
  return stacks;
}
