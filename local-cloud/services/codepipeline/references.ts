/** Variables: `#{namespace.key}` in the configuration of actions. https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html */
import type { ActionDeclaration, PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import { ActionFailure, badAction } from './errors';
import { type Execution, stagesOf } from './model';

/** Namespaces that no action may take: of the service, and of the pipeline's own variables. */
export const RESERVED = ['codepipeline', 'variables'];

const REFERENCE = /#\{([^}]*)\}/g;
const VALID = /^([A-Za-z0-9@_-]+)\.([A-Za-z0-9@_-]+)$/;
const FORMAT =
  'Valid format for a pipeline execution variable reference is a namespace and a key separated by a period (.). ' +
  'The following pipeline execution variables are referencing ';

function keysOf(declaration: PipelineDeclaration): Set<string> {
  return new Set((declaration.variables ?? []).map(({ name }) => name!));
}

function why(declaration: PipelineDeclaration, namespaces: ReadonlySet<string>, text: string): string | undefined {
  const found = VALID.exec(text);
  if (!found) return 'a variable in another format.';
  const [, namespace, key] = found as unknown as [string, string, string];
  if (namespace === 'codepipeline') {
    return key === 'PipelineExecutionId' ? undefined : 'a variable that does not exist.';
  }
  if (namespace === 'variables') return keysOf(declaration).has(key) ? undefined : 'a variable that does not exist.';
  return namespaces.has(namespace) ? undefined : 'a namespace that does not exist.';
}

/** Every reference names a namespace that some action has. @throws ServiceError InvalidActionDeclarationException */
export function checkReferences(declaration: PipelineDeclaration): void {
  const actions = stagesOf(declaration).flatMap((stage) =>
    (stage.actions ?? []).map((action) => ({ stage: stage.name!, action })),
  );
  const namespaces = new Set(actions.flatMap(({ action }) => (action.namespace ? [action.namespace] : [])));
  for (const { stage, action } of actions) {
    for (const [key, value] of Object.entries(action.configuration ?? {})) {
      for (const [, text] of value.matchAll(REFERENCE)) {
        const wrong = why(declaration, namespaces, text!);
        if (wrong) {
          throw badAction(
            `${FORMAT}${wrong} StageName=[${stage}], ActionName=[${action.name}], ActionConfigurationKey=[${key}], VariableReferenceText=[${text}]`,
          );
        }
      }
    }
  }
}

function valueOf(execution: Execution, namespace: string, key: string): string | undefined {
  if (namespace === 'codepipeline') return key === 'PipelineExecutionId' ? execution.id : undefined;
  if (namespace === 'variables') return execution.variables.find(({ name }) => name === key)?.resolvedValue;
  return execution.namespaces.get(namespace)?.[key];
}

/** The configuration with its variables replaced. @throws ActionFailure when one has no value */
export function resolve(execution: Execution, action: ActionDeclaration): Record<string, string> {
  const missing: string[] = [];
  const resolved = Object.entries(action.configuration ?? {}).map(([key, value]) => [
    key,
    value.replace(REFERENCE, (whole, text: string) => {
      const [namespace, name] = text.split('.') as [string, string];
      const found = valueOf(execution, namespace, name);
      if (found === undefined) missing.push(whole);
      return found ?? whole;
    }),
  ]);
  if (missing.length > 0) {
    throw new ActionFailure(
      'InvalidActionConfiguration',
      `An action in this pipeline failed because one or more variables could not be resolved: Action name=${action.name}. ` +
        'This can result when a variable is referenced that does not exist. Validate the pipeline action configuration. ' +
        `Unresolved: ${missing.join(', ')}`,
    );
  }
  return Object.fromEntries(resolved) as Record<string, string>;
}
