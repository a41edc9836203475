/**
 * The lab data-prep, as data: what `./lab` needs to know about it. Its stack is in stack.ts and is not loaded from here.
 *
 * The guide is README.md in this folder. Its convention, for `./lab guide data-prep <step>`: each step has one section
 * whose heading names its id in backticks, `## 1. Ingest the raw data: \`ingest\``; the section ends where the next heading
 * of the same level begins. Headings that name no step belong to the whole lab.
 */

import type { Lab } from '../../lib/course/model';
import { COST } from './cost';
import { DATA_PREP_KINDS } from './kinds';
import { crawl } from './steps/crawl';
import { explore } from './steps/explore';
import { ingest } from './steps/ingest';
import { quality } from './steps/quality';
import { split } from './steps/split';
import { transform } from './steps/transform';

export const lab: Lab = {
  id: 'data-prep',
  title: 'Prepare the data',
  summary: 'From raw CSV in S3 to checked, split training data: Glue crawler, Athena, Spark on Glue, Data Quality.',
  steps: [ingest, crawl, explore, transform, quality, split],
  modes: [],
  folder: __dirname,
  cost: COST,
  needs: [
    'a Region with Glue 6.0, Athena and S3',
    'a Data Catalog that IAM guards, as in an account where nobody set up Lake Formation',
    'AWS Glue: one job run and one crawler at a time, 2 DPU each; three Data Quality runs, 2 DPU each (default quotas are higher)',
  ],
  kinds: DATA_PREP_KINDS,
};
