import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Exit } from '../../../lib/course/errors';
import { refuseConfiguredEndpoints, refuseCustomEndpoints } from '../../../lib/target/aws';

describe('the aws target', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mla-labs-test-'));
  const own = { ...process.env };
  let files = 0;

  /** A configuration file of its own for each test: the SDK remembers what it read. */
  function configured(text: string): void {
    files += 1;
    const file = join(folder, `config-${files}`);
    writeFileSync(file, text);
    process.env.AWS_CONFIG_FILE = file;
    process.env.AWS_SHARED_CREDENTIALS_FILE = join(folder, 'none');
  }
  afterEach(() => {
    process.env = { ...own };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('refuses an endpoint that a shell has left behind', () => {
    expect(() => refuseCustomEndpoints({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:4566' })).toThrow(
      'AWS_ENDPOINT_URL_S3=http://127.0.0.1:4566',
    );
    expect(() => refuseCustomEndpoints({ AWS_ENDPOINT_URL: '' })).not.toThrow();
  });

  test('refuses a profile that leads to an emulator, chosen by option or by the environment', async () => {
    configured('[profile emulator]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:4566\n');
    const refusal = {
      exit: Exit.Refused,
      message: expect.stringContaining('http://127.0.0.1:4566 of the profile emulator'),
    };
    await expect(refuseConfiguredEndpoints('emulator', {})).rejects.toMatchObject(refusal);
    await expect(refuseConfiguredEndpoints(undefined, { AWS_PROFILE: 'emulator' })).rejects.toMatchObject(refusal);
    await expect(refuseConfiguredEndpoints('other', { AWS_PROFILE: 'emulator' })).rejects.toMatchObject(refusal);
  });

  test('refuses a profile that leads one service elsewhere', async () => {
    configured('[default]\nservices = mixed\n[services mixed]\ns3 =\n  endpoint_url = http://127.0.0.1:9000\n');
    await expect(refuseConfiguredEndpoints(undefined, {})).rejects.toThrow(
      'http://127.0.0.1:9000 of the profile default',
    );
  });

  test('has nothing against other settings, nor against profiles that are not used', async () => {
    configured('[default]\nregion = us-east-1\n[profile emulator]\nendpoint_url = http://127.0.0.1:4566\n');
    await expect(refuseConfiguredEndpoints(undefined, {})).resolves.toBeUndefined();
    await expect(refuseConfiguredEndpoints('missing', {})).resolves.toBeUndefined();
  });
});
