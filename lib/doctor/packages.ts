/** The project's version, and whether the packages that deployments stand on are those that it asks for. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from './finding';

export interface Package {
  readonly name: string;
  /** As package.json asks for it; of the project itself its own version. */
  readonly wanted: string;
  /** As it is installed; undefined where it is not. */
  readonly installed?: string;
}

/** The CDK's library, its command line, and what `./lab` deploys with. */
const CDK = ['aws-cdk-lib', 'aws-cdk', '@aws-cdk/toolkit-lib'] as const;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The project first. */
export async function installedPackages(root: string): Promise<readonly Package[]> {
  const read = async (...path: string[]): Promise<Manifest> =>
    JSON.parse(await readFile(join(root, ...path, 'package.json'), 'utf8')) as Manifest;
  const project = await read();
  const installed = await Promise.all(CDK.map((name) => read('node_modules', name).catch(() => undefined)));
  return [
    { name: project.name, wanted: project.version, installed: project.version },
    ...CDK.map((name, i) => ({ name, wanted: project.dependencies?.[name] ?? '', installed: installed[i]?.version })),
  ];
}

export function packageFindings([project, ...packages]: readonly Package[]): Finding[] {
  const why = 'A stack is what one version of the CDK makes of it; the labs are tested with these versions.';
  const about = { about: 'machine', id: 'cdk', why } as const;
  const others = packages.filter(({ wanted, installed }) => wanted !== installed);
  const cdk: Finding =
    others.length === 0
      ? { ...about, state: 'ok', saw: `${packages.map(({ name, wanted }) => `${name} ${wanted}`).join(', ')}.` }
      : {
          ...about,
          state: 'bad',
          saw: `${others.map(({ name, wanted, installed }) => `${name} is ${installed ?? 'not installed'}, and package.json asks for ${wanted}`).join('; ')}.`,
          next: 'npm ci (in the folder of this project)',
        };
  if (!project) return [cdk];
  return [
    {
      about: 'machine',
      id: 'project',
      state: 'ok',
      saw: `${project.name} ${project.wanted}.`,
      why: 'CHANGELOG.md says what each version does otherwise.',
    },
    cdk,
  ];
}
