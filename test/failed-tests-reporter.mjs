/** Names every failed test in the last lines, and keeps the log of each run: a test that fails one run in ten must be found again. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const FOLDER = join('.mla-labs', 'test-logs');
const KEPT = 20;

/** Test files, the slowest first, and each failure in full. */
function logOf({ startTime, testResults }) {
  const seconds = ({ perfStats }) => ((perfStats.end - perfStats.start) / 1000).toFixed(1).padStart(7);
  const lines = [`Started ${new Date(startTime).toISOString()}; seconds by file`];
  for (const file of [...testResults].sort((a, b) => b.perfStats.runtime - a.perfStats.runtime))
    lines.push(`${seconds(file)} ${file.numFailingTests > 0 || file.testExecError ? 'FAIL' : 'pass'} ${file.path}`);
  for (const file of testResults) if (file.failureMessage) lines.push('', `FAIL ${file.path}`, file.failureMessage);
  return `${lines.join('\n')}\n`;
}

/** A failed test and what it failed for; a file that could not run at all. */
function failuresOf({ rootDir }, { testResults }) {
  return testResults.flatMap((file) => {
    const path = relative(rootDir, file.testFilePath);
    if (file.testExecError) return [`${path}: did not run: ${firstLine(file.testExecError.message)}`];
    const failed = file.testResults.filter(({ status }) => status === 'failed');
    return failed.map((test) => `${path}: ${test.fullName}: ${reasonOf(test)}`);
  });
}

/** The first line of the error, and why where it says so, as our own errors do. */
function reasonOf({ failureMessages, failureDetails }) {
  const why = failureDetails.map((detail) => (detail.error ?? detail).why).find((text) => typeof text === 'string');
  return [firstLine(failureMessages[0]), why].filter(Boolean).join(' ').replaceAll(/\s+/g, ' ');
}

/** Without the colours that an assertion's text has. */
function firstLine(text = '') {
  return stripVTControlCharacters(text).trim().split('\n')[0];
}

export default class FailedTestsReporter {
  constructor(config) {
    this.config = config;
  }

  onRunComplete(_contexts, results) {
    const { rootDir } = this.config;
    const testResults = results.testResults.map((file) => ({ ...file, path: relative(rootDir, file.testFilePath) }));
    const folder = join(rootDir, FOLDER);
    mkdirSync(folder, { recursive: true });
    for (const old of readdirSync(folder)
      .sort()
      .slice(0, 1 - KEPT))
      rmSync(join(folder, old), { force: true });
    const name = `${new Date(results.startTime).toISOString().replaceAll(':', '-')}.log`;
    writeFileSync(join(folder, name), logOf({ ...results, testResults }));
    const failures = failuresOf(this.config, results);
    const last = failures.length > 0 ? ['', 'Failed:', ...failures.map((line) => `  ${line}`)] : [];
    // Jest prints its summary after all reporters; whoever reads the end of a long output shall see the names.
    process.once('exit', () => process.stderr.write([...last, `Log: ${join(FOLDER, name)}`, ''].join('\n')));
  }
}
