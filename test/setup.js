// A CDK App without a folder of its own would leave one in the system's temp folder.
process.env.CDK_OUTDIR = `${process.env.MLA_LABS_TEST_FOLDER}/cdk.out-${process.env.JEST_WORKER_ID}`;

// The CDK's own template rules take seconds to start: test/integration/templates.test.ts asks them, once for all stacks.
process.env.CDK_VALIDATION = 'false';

// No test may reach a real account: the SDK finds no credentials, no profile and no metadata service.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
process.env.AWS_EC2_METADATA_DISABLED = 'true';
process.env.AWS_CONFIG_FILE = '/dev/null';
process.env.AWS_SHARED_CREDENTIALS_FILE = '/dev/null';
for (const name of Object.keys(process.env)) {
  if (/^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|ENDPOINT_URL.*)$/.test(name))
    delete process.env[name];
}
