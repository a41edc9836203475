/** Model versions in the lab's group, with what was measured of them and whether they may serve. */
import {
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  type DescribeModelPackageOutput,
} from '@aws-sdk/client-sagemaker';
import { inParallel, readObject } from '../../../lib/aws/s3';
import { parseS3 } from '../../../lib/aws/sagemaker';
import { decide, versionsOf } from '../../../lib/aws/versions';
import { type LabRun, output } from '../../../lib/course/run';
import type { VersionsView } from '../../api';
import { iso, type View, wrongName } from './view';

const PAGE = 20;
/** Of an approval's description. */
const LONGEST_REASON = 1024;
/** Figures of one version that are shown. */
const FIGURES = 200;

export const versions: View = {
  title: 'Model versions',
  outputs: ['ModelPackageGroup'],
  async read({ run }, { token }): Promise<VersionsView> {
    const group = output(run, 'ModelPackageGroup');
    const page = await run.clients.sagemaker.send(
      new ListModelPackagesCommand({
        ModelPackageGroupName: group,
        MaxResults: PAGE,
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
        NextToken: token,
      }),
    );
    const found: VersionsView['versions'][number][] = [];
    await inParallel(
      page.ModelPackageSummaryList ?? [],
      async ({ ModelPackageArn: ModelPackageName }) => {
        const one = await run.clients.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName }));
        found.push({
          version: one.ModelPackageVersion ?? 0,
          approval: one.ModelApprovalStatus ?? '',
          reason: one.ApprovalDescription,
          made: iso(one.CreationTime),
          metrics: { ...one.CustomerMetadataProperties, ...(await measured(run, one)) },
          artifact: one.InferenceSpecification?.Containers?.[0]?.ModelDataUrl ?? '',
        });
      },
      4,
    );
    return { group, versions: found.sort((a, b) => b.version - a.version), next: page.NextToken || undefined };
  },
  async act({ run }, { version, approve, reason }): Promise<{ decided: string } | undefined> {
    if (typeof version !== 'number' || typeof approve !== 'boolean' || typeof reason !== 'string') return undefined;
    const all = await versionsOf(run, output(run, 'ModelPackageGroup'));
    const found = all.find((one) => one.ModelPackageVersion === version);
    if (!found) throw wrongName('model version', String(version));
    const status = approve ? 'Approved' : 'Rejected';
    await decide(run, found, status, reason.slice(0, LONGEST_REASON));
    return { decided: status };
  },
};

/** The figures of the file that the version names, where it lies in the lab's own bucket. */
async function measured(run: LabRun, { ModelMetrics }: DescribeModelPackageOutput): Promise<Record<string, string>> {
  const uri = ModelMetrics?.ModelQuality?.Statistics?.S3Uri;
  try {
    const { bucket, key } = parseS3(uri ?? '');
    if (bucket !== run.outputs.DataBucket) return {};
    const figures = figuresOf(JSON.parse((await readObject(run, bucket, key)).toString()));
    return Object.fromEntries(figures.slice(0, FIGURES));
  } catch {
    // A version without figures is shown as one.
    return {};
  }
}

/** Numbers of a document by where they stand in it; lists are curves, which are shown elsewhere. */
function figuresOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'number') return [[path.replace(/\.value$/, ''), String(value)]];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => figuresOf(inner, path === '' ? name : `${path}.${name}`));
}
