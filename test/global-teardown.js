module.exports = async () => {
  const { rmSync } = await import('node:fs');
  rmSync(process.env.MLA_LABS_TEST_FOLDER, { recursive: true, force: true });
};
