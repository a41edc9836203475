/** The template and the parameters that a CloudFormation action gives a stack. */
import type { Parameter } from '@aws-sdk/client-cloudformation';
import { readArtifact, readFileInZip } from '../artifacts';
import { ActionFailure } from '../errors';
import type { ActionContext } from './action';

/** @param path `Artifact::path/in/it` @throws ActionFailure ConfigurationError */
export async function readInputFile({ inputs, principal }: ActionContext, path: string, key: string): Promise<string> {
  const [name, file] = path.split('::');
  if (!name || !file) {
    throw new ActionFailure('ConfigurationError', `${key} must have the form ArtifactName::FileName, not '${path}'.`);
  }
  const artifact = inputs.find((input) => input.name === name);
  if (!artifact) throw new ActionFailure('ConfigurationError', `The action has no input artifact named [${name}]`);
  return readFileInZip(artifact, await readArtifact(principal, artifact), file);
}

function parse(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) {
      return parsed as Record<string, unknown>;
    }
  } catch {
    // Said below.
  }
  throw new ActionFailure('ConfigurationError', 'ParameterOverrides is not a valid JSON object.');
}

/** What ParameterOverrides says; the local cloud has no functions in it (Fn::GetParam). @throws ActionFailure */
export function parameterOverrides(text: string | undefined): Parameter[] {
  return Object.entries(text ? parse(text) : {}).map(([ParameterKey, value]) => {
    if (Array.isArray(value)) return { ParameterKey, ParameterValue: value.map(String).join(',') };
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return { ParameterKey, ParameterValue: String(value) };
    }
    throw new ActionFailure(
      'ConfigurationError',
      `The value of parameter ${ParameterKey} is not valid: ${JSON.stringify(value)}`,
    );
  });
}
