/** All kinds that teardown knows, one file each, and which lab can leave which. */
import { LAB_KINDS } from '../../course/kinds';
import type { LabId } from '../../course/model';
import type { Kind } from '../kind';
import { athenaNamedQuery } from './athena/named-query';
import { athenaPreparedStatement } from './athena/prepared-statement';
import { athenaQuery } from './athena/query';
import { athenaWorkgroup } from './athena/workgroup';
import { glueCrawl } from './glue/crawl';
import { glueCrawler } from './glue/crawler';
import { glueDatabase } from './glue/database';
import { glueJob } from './glue/job';
import { glueJobRun } from './glue/job-run';
import { glueQualityRun } from './glue/quality-run';
import { glueRuleset } from './glue/ruleset';
import { glueTable } from './glue/table';
import { iamRole } from './iam/role';
import { logsGroup } from './logs/group';
import { logsStream } from './logs/stream';
import { s3Bucket } from './s3/bucket';
import { s3Objects } from './s3/objects';
import { s3Upload } from './s3/upload';
import { sagemakerModel } from './sagemaker/model';
import { sagemakerModelPackage } from './sagemaker/model-package';
import { sagemakerModelPackageGroup } from './sagemaker/model-package-group';
import { sagemakerProcessingJob } from './sagemaker/processing-job';
import { sagemakerProcessingRun } from './sagemaker/processing-run';
import { sagemakerStream } from './sagemaker/stream';
import { sagemakerTrainingJob } from './sagemaker/training-job';
import { sagemakerTrainingRun } from './sagemaker/training-run';
import { sagemakerTuningJob } from './sagemaker/tuning-job';
import { sagemakerTuningRun } from './sagemaker/tuning-run';
import { ssmRecord } from './ssm/record';

const KINDS: readonly Kind[] = [
  athenaNamedQuery,
  athenaPreparedStatement,
  athenaQuery,
  athenaWorkgroup,
  glueCrawl,
  glueCrawler,
  glueDatabase,
  glueJob,
  glueJobRun,
  glueQualityRun,
  glueRuleset,
  glueTable,
  iamRole,
  logsGroup,
  logsStream,
  s3Bucket,
  s3Objects,
  s3Upload,
  sagemakerModel,
  sagemakerModelPackage,
  sagemakerModelPackageGroup,
  sagemakerProcessingJob,
  sagemakerProcessingRun,
  sagemakerStream,
  sagemakerTrainingJob,
  sagemakerTrainingRun,
  sagemakerTuningJob,
  sagemakerTuningRun,
  ssmRecord,
];

/** Every kind, by its id. */
export const KIND_BY_ID: ReadonlyMap<string, Kind> = new Map(KINDS.map((kind) => [kind.id, kind]));

/** The kinds of a lab. @throws Error naming an id that no kind has */
export function kindsOf(lab: LabId): readonly Kind[] {
  return LAB_KINDS[lab].map((id) => {
    const kind = KIND_BY_ID.get(id);
    if (kind === undefined) throw new Error(`The lab ${lab} names the teardown kind ${id}, which does not exist.`);
    return kind;
  });
}
