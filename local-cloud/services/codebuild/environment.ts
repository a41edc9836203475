/** The environment of a build: https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Build } from '@aws-sdk/client-codebuild';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import type { Cloud, Principal } from '../service';
import type { Buildspec } from './buildspec';
import { PhaseFailure } from './errors';

/** Where the build's things are; `root` stands for `/` of the build's container. */
export interface BuildFolders {
  readonly root: string;
  readonly source: string;
}

/** Of this process's environment, only what starting a program needs. */
const KEPT = ['LANG', 'LD_LIBRARY_PATH', 'SYSTEMROOT', 'MLA_LOCAL_CLOUD'];

/**
 * Names and values. What the request gives counts most, then the project, then the buildspec.
 *
 * @throws PhaseFailure when the role may not read a parameter
 */
export async function environmentOf(
  cloud: Cloud,
  role: Principal,
  build: Build,
  spec: Buildspec,
  places: BuildFolders,
): Promise<Record<string, string>> {
  const asked = build.environment!.environmentVariables ?? [];
  const plain = Object.fromEntries(
    asked.filter(({ type }) => type !== 'PARAMETER_STORE').map(({ name, value }) => [name!, value ?? '']),
  );
  const stored = Object.fromEntries(
    asked.filter(({ type }) => type === 'PARAMETER_STORE').map(({ name, value }) => [name!, value!]),
  );
  return {
    ...Object.fromEntries(
      KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]!]])),
    ),
    ...role.env(),
    PATH: await pathOf(cloud, places.root),
    HOME: join(places.root, 'root'),
    TMPDIR: join(places.root, 'tmp'),
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PIP_NO_INDEX: '1',
    AWS_PAGER: '',
    ...own(build, places),
    ...spec.variables,
    ...(await parameters(role, spec.parameters)),
    ...plain,
    ...(await parameters(role, stored)),
  };
}

function own(build: Build, places: BuildFolders): Record<string, string> {
  return {
    CODEBUILD_CI: 'true',
    CODEBUILD_BUILD_ID: build.id!,
    CODEBUILD_BUILD_ARN: build.arn!,
    CODEBUILD_BUILD_NUMBER: String(build.buildNumber),
    CODEBUILD_BUILD_IMAGE: build.environment!.image!,
    CODEBUILD_BUILD_SUCCEEDING: '1',
    CODEBUILD_INITIATOR: build.initiator!,
    CODEBUILD_KMS_KEY_ID: build.encryptionKey ?? '',
    CODEBUILD_LOG_PATH: build.logs?.streamName ?? '',
    CODEBUILD_RESOLVED_SOURCE_VERSION: build.resolvedSourceVersion ?? '',
    CODEBUILD_SOURCE_VERSION: build.sourceVersion ?? '',
    CODEBUILD_SOURCE_REPO_URL: build.source?.location ?? '',
    CODEBUILD_SRC_DIR: places.source,
    CODEBUILD_START_TIME: String(build.startTime!.getTime()),
  };
}

/** The programs of a build: ours first, which install nothing, then those of the engines, then the machine's. */
async function pathOf(cloud: Cloud, root: string): Promise<string> {
  const bin = join(root, 'usr', 'local', 'bin');
  await mkdir(bin, { recursive: true });
  const python = JSON.stringify(cloud.python);
  const pip = `exec ${python} ${JSON.stringify(join(cloud.engines, 'codebuild', 'pip.py'))}`;
  const packages = `export MLA_PACKAGES=${JSON.stringify(join(root, 'usr', 'local', 'lib', 'packages'))}\n`;
  // Its sitecustomize.py shows the packages that were installed.
  const site = JSON.stringify(join(cloud.engines, 'codebuild', 'site'));
  const seen = `export PYTHONPATH=${site}\${PYTHONPATH:+:$PYTHONPATH}`;
  const programs = {
    pip: `${packages}${pip} "$@"\n`,
    python: `${packages}if [ "$1" = -m ] && [ "$2" = pip ]; then shift 2; ${pip} "$@"; fi\n${seen}\nexec ${python} "$@"\n`,
  };
  for (const [name, text] of Object.entries({ ...programs, pip3: programs.pip, python3: programs.python })) {
    await writeFile(join(bin, name), `#!/bin/sh\n${text}`);
    await chmod(join(bin, name), 0o755);
  }
  return [bin, dirname(cloud.python), process.env.PATH ?? '/usr/bin:/bin'].join(delimiter);
}

async function parameters(role: Principal, asked: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const names = [...new Set(Object.values(asked))];
  const values = new Map<string, string>();
  for (let at = 0; at < names.length; at += 10) {
    try {
      const { Parameters = [] } = await role.ssm.send(
        new GetParametersCommand({ Names: names.slice(at, at + 10), WithDecryption: true }),
      );
      for (const { Name, Value } of Parameters) values.set(Name!, Value!);
    } catch (error) {
      const { name, message } = error as Error;
      throw new PhaseFailure('CLIENT_ERROR', `Error while getting parameters: ${name}: ${message}`);
    }
  }
  const missing = names.filter((name) => !values.has(name));
  if (missing.length > 0) throw new PhaseFailure('CLIENT_ERROR', `Parameter does not exist: ${missing.join(', ')}`);
  return Object.fromEntries(Object.entries(asked).map(([name, parameter]) => [name, values.get(parameter)!]));
}
