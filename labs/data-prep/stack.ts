import type { Construct } from 'constructs';
import { LabStack } from '../../lib/infra/lab-stack';
import { queries } from './constructs/athena';
import { catalog } from './constructs/catalog';
import { quality } from './constructs/quality';
import { transform } from './constructs/transform';

/** Ingest, catalog, transform and check the flights of 2013, with S3, Glue and Athena. */
export class DataPrepStack extends LabStack {
  constructor(scope: Construct, learner: string) {
    super(scope, {
      lab: 'data-prep',
      learner,
      summary: 'MLA labs: prepare the flights of 2013 with S3, Glue and Athena.',
    });
    catalog(this, learner);
    transform(this, learner);
    quality(this, learner);
    queries(this, learner);
  }
}

export const makeStack = (app: Construct, learner: string): DataPrepStack => new DataPrepStack(app, learner);
