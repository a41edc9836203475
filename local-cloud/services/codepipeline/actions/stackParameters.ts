/** Parameters, tags and policy that a CloudFormation action gives a stack. */
import type { Parameter, Tag } from '@aws-sdk/client-cloudformation';
import { readFileInZip, readArtifact } from '../artifacts';
import { ActionFailure } from '../errors';
import type { Artifact } from '../model';
import type { ActionContext } from './action';

export interface StackInput {
  readonly Parameters: Parameter[];
  readonly Tags?: Tag[];
  readonly StackPolicyBody?: string;
}

/** Input artifacts, each fetched once. */
export class InputFiles {
  private readonly zips = new Map<string, Promise<Uint8Array>>();

  constructor(private readonly context: ActionContext) {}

  /** @param path `Artifact::path/in/it` @throws ActionFailure ConfigurationError */
  async read(path: string, key: string): Promise<string> {
    const [artifact, file] = path.split('::');
    if (!artifact || !file) {
      throw new ActionFailure('ConfigurationError', `${key} must have the form ArtifactName::FileName, not '${path}'.`);
    }
    return this.file(artifact, file);
  }

  async file(name: string, path: string): Promise<string> {
    const artifact = this.artifact(name);
    let zip = this.zips.get(name);
    if (!zip) this.zips.set(name, (zip = readArtifact(this.context.principal, artifact)));
    return readFileInZip(artifact, await zip, path);
  }

  artifact(name: string): Artifact {
    const found = this.context.inputs.find((input) => input.name === name);
    if (!found) throw new ActionFailure('ConfigurationError', `The action has no input artifact named [${name}]`);
    return found;
  }
}

function parse(text: string, what: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) {
      return parsed as Record<string, unknown>;
    }
  } catch {
    // Said below.
  }
  throw new ActionFailure('ConfigurationError', `${what} is not a valid JSON object.`);
}

/** Functions that a parameter's value may be: Fn::GetArtifactAtt and Fn::GetParam. */
async function computed(value: Record<string, unknown>, files: InputFiles, key: string): Promise<unknown> {
  const [name, argument] = Object.entries(value)[0] ?? [];
  if (name === 'Fn::GetArtifactAtt' && Array.isArray(argument)) {
    const { bucket, key: object } = files.artifact(String(argument[0]));
    const attributes = { BucketName: bucket, ObjectKey: object, URL: `https://s3.amazonaws.com/${bucket}/${object}` };
    const found = attributes[argument[1] as keyof typeof attributes];
    if (found) return found;
  }
  if (name === 'Fn::GetParam' && Array.isArray(argument)) {
    const [artifact, file, field] = argument.map(String) as [string, string, string];
    const found = parse(await files.file(artifact, file), `File [${file}] in artifact [${artifact}]`)[field];
    if (found !== undefined) return found;
  }
  throw new ActionFailure('ConfigurationError', `The value of parameter ${key} is not valid: ${JSON.stringify(value)}`);
}

async function valueOf(value: unknown, files: InputFiles, key: string): Promise<string> {
  const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
  const known = isObject ? await computed(value as Record<string, unknown>, files, key) : value;
  if (Array.isArray(known)) return known.map(String).join(',');
  if (typeof known === 'string' || typeof known === 'number' || typeof known === 'boolean') return String(known);
  throw new ActionFailure('ConfigurationError', `The value of parameter ${key} is not valid: ${JSON.stringify(known)}`);
}

/** What TemplateConfiguration and ParameterOverrides say; the overrides win. @throws ActionFailure */
export async function stackInput(context: ActionContext, files: InputFiles): Promise<StackInput> {
  const { TemplateConfiguration: path, ParameterOverrides: overrides } = context.configuration;
  const file = path ? parse(await files.read(path, 'TemplateConfiguration'), `TemplateConfiguration ${path}`) : {};
  const unknown = Object.keys(file).find((key) => !['Parameters', 'Tags', 'StackPolicy'].includes(key));
  if (unknown)
    throw new ActionFailure('ConfigurationError', `TemplateConfiguration has an unknown property: ${unknown}`);
  const given = {
    ...((file.Parameters ?? {}) as Record<string, unknown>),
    ...(overrides ? parse(overrides, 'ParameterOverrides') : {}),
  };
  const Parameters: Parameter[] = [];
  for (const [ParameterKey, value] of Object.entries(given)) {
    Parameters.push({ ParameterKey, ParameterValue: await valueOf(value, files, ParameterKey) });
  }
  const tags = Object.entries((file.Tags ?? {}) as Record<string, unknown>);
  return {
    Parameters,
    ...(tags.length > 0 && { Tags: tags.map(([Key, Value]) => ({ Key, Value: String(Value) })) }),
    ...(file.StackPolicy !== undefined && { StackPolicyBody: JSON.stringify(file.StackPolicy) }),
  };
}
