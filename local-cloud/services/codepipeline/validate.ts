/** The declaration of a pipeline, as CreatePipeline and UpdatePipeline check it beyond the service model. */
import type { ActionDeclaration, PipelineDeclaration, StageDeclaration } from '@aws-sdk/client-codepipeline';
import type { Cloud } from '../service';
import { checkAction, isApproval } from './actionTypes';
import { badAction, badStage, badStructure, lacks } from './errors';
import { checkReferences, RESERVED } from './references';
import { stagesOf } from './model';

function twice(names: readonly string[]): string | undefined {
  return names.find((name, at) => names.indexOf(name) !== at);
}

function checkType(declaration: PipelineDeclaration): void {
  const { pipelineType = 'V1', executionMode = 'SUPERSEDED', variables = [], triggers = [] } = declaration;
  if (pipelineType === 'V1') {
    if (variables.length > 0) throw badStructure('Pipeline variables are only supported in pipelines of type V2');
    if (triggers.length > 0) throw badStructure('Triggers are only supported in pipelines of type V2');
    if (executionMode !== 'SUPERSEDED') {
      throw badStructure(`Execution mode ${executionMode} is only supported in pipelines of type V2`);
    }
  }
  if (executionMode === 'PARALLEL') throw lacks('the execution mode PARALLEL');
  if (triggers.length > 0) throw lacks('triggers of repositories');
  const repeated = twice(variables.map(({ name }) => name!));
  if (repeated) throw badStructure(`Pipeline variable names must be unique. ${repeated} has been used more than once.`);
}

function checkStore(declaration: PipelineDeclaration): void {
  const { artifactStore, artifactStores } = declaration;
  if (artifactStores) throw lacks('artifact stores of several Regions (artifactStores)');
  if (!artifactStore) throw badStructure('Pipeline must have either an artifactStore or artifactStores');
  if (artifactStore.encryptionKey) throw lacks('encryption keys of artifact stores');
}

function checkMembers(cloud: Cloud, action: ActionDeclaration): void {
  if (action.timeoutInMinutes !== undefined && !isApproval(action.actionTypeId)) {
    throw badAction(`Action '${action.name}': timeoutInMinutes is only supported for the manual approval action`);
  }
  if (action.namespace && RESERVED.includes(action.namespace)) {
    throw badAction(`The namespace '${action.namespace}' of action '${action.name}' is reserved`);
  }
  if (action.region && action.region !== cloud.region) throw lacks(`actions in another Region (${action.region})`);
  const given = (['commands', 'outputVariables', 'environmentVariables'] as const).find((key) => action[key]?.length);
  if (given) throw lacks(`${given} of an action`);
}

function checkStage(cloud: Cloud, stage: StageDeclaration): void {
  const actions = stage.actions!;
  if (actions.length === 0) throw badStage(`Stage ${stage.name} has no actions`);
  const given = (['onFailure', 'onSuccess', 'beforeEntry'] as const).find((key) => stage[key]);
  if (given) throw lacks(`conditions of stages (${given})`);
  if (stage.blockers?.length) throw lacks('blockers of stages');
  actions.forEach((action) => checkMembers(cloud, action));
  const repeated = twice(actions.map(({ name }) => name!));
  if (repeated) {
    throw badStage(`Action names must be unique within stage ${stage.name}. ${repeated} has been used more than once.`);
  }
}

/** Who makes each artifact, and that whoever takes it comes later. */
function checkWiring(stages: readonly StageDeclaration[]): void {
  const ordered = stages.flatMap((stage, at) =>
    (stage.actions ?? []).map((action) => ({ action, order: at * 1000 + (action.runOrder ?? 1) })),
  );
  const made = new Map<string, number>();
  for (const { action, order } of ordered) {
    for (const { name } of action.outputArtifacts ?? []) {
      if (made.has(name!)) {
        throw badStructure(
          `Output Artifact Bundle name must be unique within the pipeline. ${name} has been used more than once.`,
        );
      }
      made.set(name!, order);
    }
  }
  for (const { action, order } of ordered) {
    for (const { name } of action.inputArtifacts ?? []) {
      if (!((made.get(name!) ?? Infinity) < order)) {
        throw badStructure(
          `Input Artifact Bundle ${name} in action ${action.name} is not declared as Output Artifact Bundle in any of the preceding actions`,
        );
      }
    }
  }
}

function checkNamespaces(stages: readonly StageDeclaration[]): void {
  const seen = new Set<string>();
  for (const stage of stages) {
    for (const { name, namespace } of stage.actions ?? []) {
      if (namespace && seen.has(namespace)) {
        throw badAction(
          `Namespaces must be unique across the pipeline definition. The following occur more than once in the pipeline. ` +
            `StageName=[${stage.name}], ActionName=[${name}], Namespace=[${namespace}]`,
        );
      }
      if (namespace) seen.add(namespace);
    }
  }
}

function checkSources(stages: readonly StageDeclaration[]): void {
  stages.forEach((stage, at) => {
    const isSource = (stage.actions ?? []).map(({ actionTypeId }) => actionTypeId?.category === 'Source');
    if (at === 0 && isSource.includes(false)) {
      throw badStructure('Pipeline should start with a stage that only contains source actions');
    }
    if (at > 0 && isSource.includes(true)) {
      throw badStructure(
        `Pipeline has a source action in stage ${stage.name}. Only the first stage may have source actions`,
      );
    }
  });
}

/** @throws ServiceError as CodePipeline answers it */
export function checkDeclaration(cloud: Cloud, declaration: PipelineDeclaration): void {
  checkType(declaration);
  checkStore(declaration);
  const stages = stagesOf(declaration);
  stages.forEach((stage) => checkStage(cloud, stage));
  if (stages.length < 2) {
    throw badStructure(
      `Pipeline has only ${stages.length} stage(s). There should be a minimum of 2 stages in a pipeline`,
    );
  }
  const repeated = twice(stages.map(({ name }) => name!));
  if (repeated) throw badStage(`Stage names must be unique within the pipeline. ${repeated} is used more than once.`);
  checkSources(stages);
  for (const stage of stages) stage.actions!.forEach(checkAction);
  checkWiring(stages);
  checkNamespaces(stages);
  checkReferences(declaration);
}
