/**
 * The lab deployment, as data: what `./lab` needs to know about it. Its stack is in stack.ts and is not loaded from here.
 * The guide is README.md in this folder, one section a step, its heading naming the step's id in backticks.
 */
import type { Lab } from '../../lib/course/model';
import { COST } from './cost';
import { DEPLOYMENT_KINDS } from './kinds';
import { MODES } from './modes';
import { DEPLOYMENT_QUOTAS } from './quotas';
import { breakIt } from './steps/break';
import { invoke } from './steps/invoke';
import { promote } from './steps/promote';
import { release } from './steps/release';
import { rollback } from './steps/rollback';
import { source } from './steps/source';
import { staging } from './steps/staging';

export const lab: Lab = {
  id: 'deployment',
  title: 'Release model versions to endpoints',
  summary:
    'CodePipeline to SageMaker endpoints: verify, staging, smoke test, approval, blue/green production; bad models that are stopped, and a rollback that no caller notices.',
  steps: [source, release, staging, promote, invoke, breakIt, rollback],
  modes: MODES,
  folder: __dirname,
  cost: COST,
  needs: ['a Region with SageMaker’s XGBoost image in lib/facts'],
  quotas: DEPLOYMENT_QUOTAS,
  kinds: DEPLOYMENT_KINDS,
};
