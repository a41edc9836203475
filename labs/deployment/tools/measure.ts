/**
 * Prints the AUC of a model on the test slice, for the AWS CLI commands that `--explain` prints:
 *
 *     npx tsx labs/deployment/tools/measure.ts model.tar.gz
 */
import { readFileSync } from 'node:fs';
import { figuresOn } from '../model/flights';
import { readBooster } from '../model/archive';
import { testRows } from '../model/first-model';

function main([file = '']: readonly string[]): number {
  const booster = readBooster(readFileSync(file));
  if (typeof booster === 'string') {
    console.error(`${file}: ${booster}`);
    return 1;
  }
  console.log(figuresOn(booster, testRows()).auc.toFixed(6));
  return 0;
}

process.exitCode = main(process.argv.slice(2));
