/**
 * unit and snapshot are quick; integration starts engines or reads whole months of flights; rehearsal runs whole labs on a
 * local cloud; proof and fault try to break them there; site does a lab in a browser. docs/testing.md says which command runs which.
 */
// Jest reads its configuration as CommonJS.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { availableParallelism, totalmem } = require('node:os');

// Whole labs wait for almost half of their time, so there are more workers than cores, where memory is enough for that:
// a lab with its local cloud takes up to 3 GiB.
const maxWorkers = Math.max(2, Math.min(Math.ceil(availableParallelism() * 1.5), Math.floor(totalmem() / 2 ** 32)));

const common = {
  rootDir: __dirname,
  // Not in the system's temp folder, where nobody would look for it.
  cacheDirectory: '<rootDir>/.mla-labs/jest',
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.mla-labs', '<rootDir>/.venv'],
  // Each look at a global crosses the border of the test's own world: reading a month of flights took eight times as long.
  // NaN cannot be among them: Number.NaN.
  sandboxInjectedGlobals: ['JSON', 'Math', 'Number'],
  setupFiles: ['<rootDir>/test/setup.js'],
};

module.exports = {
  maxWorkers,
  testSequencer: '<rootDir>/test/slowest-first.mjs',
  globalSetup: '<rootDir>/test/global-setup.js',
  globalTeardown: '<rootDir>/test/global-teardown.js',
  // Whole labs take their time, above all on a machine that does other work: this ends what hangs. No test asserts a duration.
  testTimeout: 1_800_000,
  reporters: ['default', '<rootDir>/test/failed-tests-reporter.mjs'],
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts'] },
    { ...common, displayName: 'snapshot', testMatch: ['<rootDir>/test/snapshot/**/*.test.ts'] },
    { ...common, displayName: 'integration', testMatch: ['<rootDir>/test/integration/**/*.test.ts'] },
    { ...common, displayName: 'rehearsal', testMatch: ['<rootDir>/test/rehearsal/**/*.test.ts'] },
    { ...common, displayName: 'proof', testMatch: ['<rootDir>/test/proof/**/*.test.ts'] },
    { ...common, displayName: 'guide', testMatch: ['<rootDir>/test/guide/**/*.test.ts'] },
    { ...common, displayName: 'site', testMatch: ['<rootDir>/test/site/**/*.test.ts'] },
    { ...common, displayName: 'fault', testMatch: ['<rootDir>/test/fault/**/*.test.ts'] },
  ],
};
