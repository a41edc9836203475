import type { AthenaSettings } from '../../lib/aws/athena';
import { output, type LabRun } from '../../lib/course/run';

/** The lab's things, by the outputs of its stack. */
export interface LabResources extends AthenaSettings {
  readonly bucket: string;
  readonly crawler: string;
  readonly job: string;
  /** The ruleset that comes with the stack. */
  readonly ruleset: string;
  readonly qualityRole: string;
  readonly logPrefix: string;
}

/** @throws LabError when the stack lacks an output */
export function resourcesOf(run: LabRun): LabResources {
  return {
    bucket: output(run, 'DataBucket'),
    database: output(run, 'Database'),
    workGroup: output(run, 'WorkGroup'),
    crawler: output(run, 'Crawler'),
    job: output(run, 'TransformJob'),
    ruleset: output(run, 'Ruleset'),
    qualityRole: output(run, 'QualityRole'),
    logPrefix: output(run, 'LogPrefix'),
  };
}
