/**
 * The buildspec: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 *
 * What a build here would not honour is refused by name; reports and cache are read over, as they change no result.
 */
import { parse } from 'yaml';
import { PhaseFailure } from './errors';

/** The phases that a buildspec fills, in their order. */
export const PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;
export type PhaseName = (typeof PHASES)[number];

export interface Phase {
  readonly commands: readonly string[];
  readonly finally: readonly string[];
  readonly onFailure: 'ABORT' | 'CONTINUE' | undefined;
}

export interface ArtifactSpec {
  readonly files: readonly string[];
  readonly exclude: readonly string[];
  readonly baseDirectory: string;
  readonly discardPaths: boolean;
  readonly name: string | undefined;
}

export interface Buildspec {
  readonly shell: 'sh' | 'bash';
  readonly variables: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly exported: readonly string[];
  readonly phases: Readonly<Partial<Record<PhaseName, Phase>>>;
  /** Versions that phase install asks for, by runtime. */
  readonly runtimes: Readonly<Record<string, string>>;
  readonly artifacts: ArtifactSpec | undefined;
}

type Tree = Record<string, unknown>;

const KNOWN = ['version', 'run-as', 'env', 'proxy', 'batch', 'phases', 'reports', 'artifacts', 'cache'];
const KNOWN_ENV = ['shell', 'variables', 'parameter-store', 'exported-variables', 'git-credential-helper'];
const KNOWN_PHASE = ['run-as', 'on-failure', 'runtime-versions', 'commands', 'finally'];
const KNOWN_ARTIFACTS = ['files', 'name', 'discard-paths', 'base-directory', 'exclude-paths'];
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** @throws PhaseFailure with YAML_FILE_ERROR */
export function parseBuildspec(text: string): Buildspec {
  let read: unknown;
  try {
    read = parse(text, { maxAliasCount: 100 });
  } catch (error) {
    throw wrong(String((error as Error).message).split('\n')[0]!);
  }
  const spec = tree(read, 'buildspec');
  only(spec, KNOWN, '');
  const version = String(spec.version ?? '');
  if (version !== '0.2')
    throw wrong(`unsupported version: ${version || 'none given'}; the local cloud reads version 0.2`);
  unsupported(spec['run-as'] ?? undefined, 'run-as', 'root');
  for (const name of ['proxy', 'batch']) if (spec[name] !== undefined) throw lacks(name);
  const env = tree(spec.env ?? {}, 'env');
  only(env, KNOWN_ENV, 'env/');
  const phases = tree(spec.phases ?? {}, 'phases');
  only(phases, PHASES, 'phases/');
  if (Object.keys(phases).length === 0) throw wrong('phases is required');
  const artifacts = spec.artifacts === undefined ? undefined : tree(spec.artifacts, 'artifacts');
  if (artifacts?.['secondary-artifacts'] !== undefined) throw lacks('secondary-artifacts');
  return {
    shell: shellOf(env.shell),
    variables: strings(env.variables, 'env/variables'),
    parameters: strings(env['parameter-store'], 'env/parameter-store'),
    exported: list(env['exported-variables'], 'env/exported-variables'),
    phases: Object.fromEntries(Object.entries(phases).map(([name, phase]) => [name, phaseOf(phase, name)])),
    runtimes: runtimesOf(phases.install),
    artifacts: artifacts && artifactsOf(artifacts),
  };
}

function phaseOf(given: unknown, name: string): Phase {
  const phase = tree(given ?? {}, `phases/${name}`);
  only(phase, KNOWN_PHASE, `phases/${name}/`);
  unsupported(phase['run-as'], `phases/${name}/run-as`, 'root');
  const failure = phase['on-failure'];
  if (failure !== undefined && failure !== 'ABORT' && failure !== 'CONTINUE') {
    throw /^RETRY/.test(String(failure))
      ? lacks(`on-failure: ${String(failure)}`)
      : wrong(`invalid on-failure: ${String(failure)}`);
  }
  if (phase.commands === undefined && phase['runtime-versions'] === undefined) {
    throw wrong(`phases/${name}/commands is required`);
  }
  return {
    commands: list(phase.commands, `phases/${name}/commands`),
    finally: list(phase.finally, `phases/${name}/finally`),
    onFailure: failure,
  };
}

function runtimesOf(install: unknown): Record<string, string> {
  return strings(tree(install ?? {}, 'phases/install')['runtime-versions'], 'phases/install/runtime-versions');
}

function artifactsOf(given: Tree): ArtifactSpec {
  only(given, KNOWN_ARTIFACTS, 'artifacts/');
  const files = list(given.files, 'artifacts/files');
  if (files.length === 0) throw wrong('artifacts/files is required');
  const discard = String(given['discard-paths'] ?? 'no').toLowerCase();
  return {
    files,
    exclude: list(given['exclude-paths'], 'artifacts/exclude-paths'),
    baseDirectory: String(given['base-directory'] ?? '.'),
    discardPaths: discard === 'yes' || discard === 'true',
    name: given.name === undefined ? undefined : String(given.name),
  };
}

function shellOf(given: unknown): 'sh' | 'bash' {
  if (given === undefined || given === 'sh') return 'sh';
  if (given === 'bash') return 'bash';
  throw lacks(`env/shell: ${String(given)}`);
}

function tree(value: unknown, where: string): Tree {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Tree;
  throw wrong(`expected a mapping at ${where}`);
}

/** A list of strings; one string stands for a list of one, and numbers for their text. */
function list(value: unknown, where: string): string[] {
  if (value === undefined || value === null) return [];
  const items = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') return String(item);
    throw wrong(`Expected ${where} to be of string type: found a mapping or a list instead`);
  });
}

function strings(value: unknown, where: string): Record<string, string> {
  const entries = Object.entries(tree(value ?? {}, where));
  for (const [name, one] of entries) {
    if (!VARIABLE.test(name)) throw wrong(`invalid name at ${where}: ${name}`);
    if (one === null || typeof one === 'object') throw wrong(`Expected ${where}/${name} to be of string type`);
  }
  return Object.fromEntries(entries.map(([name, one]) => [name, String(one)]));
}

function only(given: Tree, known: readonly string[], where: string): void {
  const other = Object.keys(given).find((name) => !known.includes(name));
  if (other) throw wrong(`unknown key ${where}${other}; it is none of ${known.join(', ')}`);
}

function unsupported(value: unknown, name: string, allowed: string): void {
  if (value !== undefined && value !== allowed) throw lacks(`${name}: ${String(value)}`);
}

function wrong(message: string): PhaseFailure {
  return new PhaseFailure('YAML_FILE_ERROR', message);
}

function lacks(what: string): PhaseFailure {
  return wrong(`The local cloud does not have ${what} of a buildspec; no lab uses it.`);
}
