/** One scratch folder for a test run; workers inherit its name. */
module.exports = async () => {
  const [{ mkdtempSync }, { tmpdir }, { join }] = await Promise.all(
    ['node:fs', 'node:os', 'node:path'].map((name) => import(name)),
  );
  process.env.MLA_LABS_TEST_FOLDER = mkdtempSync(join(tmpdir(), 'mla-labs-test-run-'));
};
