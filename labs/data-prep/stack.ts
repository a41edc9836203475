import type { Construct } from 'constructs';
import { LabStack } from '../../lib/infra/lab-stack';
import { addQueries } from './constructs/athena';
import { addCatalog } from './constructs/catalog';
import { addQualityRuleset } from './constructs/quality';
import { addTransformJob } from './constructs/transform';

/** Ingest, catalog, transform and check the flights of 2013, with S3, Glue and Athena. */
export class DataPrepStack extends LabStack {
  constructor(scope: Construct, learner: string) {
    super(scope, {
      lab: 'data-prep',
      learner,
      summary: 'MLA labs: prepare the flights of 2013 with S3, Glue and Athena.',
    });
    addCatalog(this, learner);
    addTransformJob(this, learner);
    addQualityRuleset(this, learner);
    addQueries(this, learner);
  }
}

export const makeStack = (app: Construct, learner: string): DataPrepStack => new DataPrepStack(app, learner);
