import { lastErrorLine } from '../../../lib/target/synth';
import { RETRIES } from '../../../lib/target/retries';
import { isLoopback, toolkitEnv } from '../../../lib/target/toolkit-env';

const local = (more: Record<string, string> = {}) => ({
  name: 'local' as const,
  shellEnv: () => ({
    AWS_ENDPOINT_URL: 'https://127.0.0.1:4566',
    AWS_ACCESS_KEY_ID: 'dummy',
    AWS_SECRET_ACCESS_KEY: 'dummy',
    ...more,
  }),
});
const aws = { name: 'aws' as const, shellEnv: () => ({ AWS_REGION: 'us-east-1' }) };

describe('the environment of a deployment', () => {
  test('to the local cloud holds nothing of the real account', () => {
    const env = toolkitEnv(local(), {
      PATH: '/bin',
      AWS_PROFILE: 'work',
      AWS_SESSION_TOKEN: 'real',
      AWS_ENDPOINT_URL_S3: 'https://s3.example.com',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.2',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
      CDK_DEFAULT_ACCOUNT: '123456789012',
    });
    expect(env).toEqual({
      ...RETRIES,
      PATH: '/bin',
      AWS_ENDPOINT_URL: 'https://127.0.0.1:4566',
      AWS_ACCESS_KEY_ID: 'dummy',
      AWS_SECRET_ACCESS_KEY: 'dummy',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });

  test.each([
    'https://cloudformation.us-east-1.amazonaws.com',
    'https://10.0.0.1:4566',
    'https://localhost.example.com',
    'not an address',
  ])('to the local cloud refuses the endpoint %s', (AWS_ENDPOINT_URL) => {
    expect(() => toolkitEnv(local({ AWS_ENDPOINT_URL }), {})).toThrow(AWS_ENDPOINT_URL);
  });

  test('to the local cloud refuses one service that leads elsewhere', () => {
    expect(() => toolkitEnv(local({ AWS_ENDPOINT_URL_S3: 'https://s3.amazonaws.com' }), {})).toThrow(
      's3.amazonaws.com',
    );
  });

  test('to the local cloud refuses to go without an endpoint', () => {
    expect(() => toolkitEnv({ name: 'local', shellEnv: () => ({ AWS_ACCESS_KEY_ID: 'dummy' }) }, {})).toThrow(
      'not set',
    );
  });

  test.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_CLOUDFORMATION'])('to AWS refuses %s', (name) => {
    expect(() => toolkitEnv(aws, { [name]: 'https://127.0.0.1:4566' })).toThrow(name);
  });

  test("to AWS keeps the learner's own credentials", () => {
    expect(toolkitEnv(aws, { AWS_PROFILE: 'work', HOME: '/home' })).toEqual({
      ...RETRIES,
      AWS_PROFILE: 'work',
      HOME: '/home',
      AWS_REGION: 'us-east-1',
    });
  });

  test('asks as often as the labs do, or as often as the learner said', () => {
    expect(toolkitEnv(local(), {}).AWS_MAX_ATTEMPTS).toBe('10');
    expect(toolkitEnv(aws, { AWS_MAX_ATTEMPTS: '4' }).AWS_MAX_ATTEMPTS).toBe('4');
  });

  test.each([
    ['https://localhost:1', true],
    ['https://127.0.0.1', true],
    ['https://[::1]:1', true],
    ['https://127.0.0.1.example.com', false],
    ['https://user:127.0.0.1@example.com', false],
    ['', false],
  ])('%s is loopback: %s', (address, expected) => expect(isLoopback(address)).toBe(expected));
});

describe('what a failing app said', () => {
  test('is its error line, not the stack below it', () => {
    expect(lastErrorLine('warning\nError: There is no mode x.\n    at main (app.ts:1)\n    at run')).toBe(
      'Error: There is no mode x.',
    );
    expect(lastErrorLine('node: bad option\n')).toBe('node: bad option');
    expect(lastErrorLine('')).toBe('The app said nothing.');
  });
});
