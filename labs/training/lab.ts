/**
 * The lab training, as data: what `./lab` needs to know about it. Its stack is in stack.ts and is not loaded from here.
 * The guide is README.md in this folder, one section a step, its heading naming the step's id in backticks.
 */
import type { Lab } from '../../lib/course/model';
import { COST } from './cost';
import { TRAINING_KINDS } from './kinds';
import { MODES } from './modes';
import { TRAINING_QUOTAS } from './quotas';
import { approve } from './steps/approve';
import { data } from './steps/data';
import { evaluate } from './steps/evaluate';
import { register } from './steps/register';
import { rollback } from './steps/rollback';
import { train } from './steps/train';
import { tune } from './steps/tune';

export const lab: Lab = {
  id: 'training',
  title: 'Train, tune and manage model versions',
  summary:
    'XGBoost on SageMaker: a training job in script mode, Bayesian tuning, an honest evaluation, versions that are approved, rejected and rolled back.',
  steps: [data, train, tune, evaluate, register, approve, rollback],
  modes: MODES,
  folder: __dirname,
  cost: COST,
  needs: ['a Region with SageMaker’s XGBoost image in lib/facts'],
  quotas: TRAINING_QUOTAS,
  kinds: TRAINING_KINDS,
};
