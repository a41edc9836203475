/**
 * Makes a flawed model of a good one, for the AWS CLI commands that `--explain` prints:
 *
 *     npx tsx labs/deployment/tools/flawed.ts broken|worse|thin model.tar.gz flawed.tar.gz quality.json
 *
 * quality.json is the good model's report; it is replaced by the flawed model's where that was evaluated as it is.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { figuresOn } from '../model/flights';
import { readBooster, flawedArchive, type Flaw } from '../model/archive';
import { testRows } from '../model/first-model';
import { qualityReport } from '../model/versions';

const FLAWS: readonly string[] = ['broken', 'worse', 'thin'] satisfies readonly Flaw[];

function main([flaw = '', from, to, quality]: readonly string[]): number {
  if (!FLAWS.includes(flaw) || from === undefined || to === undefined || quality === undefined) {
    console.error(`Give one of ${FLAWS.join(', ')}, the good model, the flawed one and the report.`);
    return 2;
  }
  const archive = flawedArchive(readFileSync(from), flaw as Flaw);
  writeFileSync(to, archive);
  const booster = flaw === 'thin' ? readBooster(archive) : undefined;
  if (typeof booster === 'object') writeFileSync(quality, qualityReport(figuresOn(booster, testRows())));
  return 0;
}

process.exitCode = main(process.argv.slice(2));
