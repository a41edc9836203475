/** Sources that are none: the pipeline stops at Verify with a message that a person understands, in a build and in a function. */
import { sourceFiles, sourceZip } from '../../labs/deployment/source-package/zip';
import { GOOD, Releasing } from './releasing';

const TEMPLATE = 'endpoint.template.yaml';
const template = sourceFiles()[TEMPLATE]!.toString();

/** The source with another template, or without one. */
function withTemplate(text: string | undefined): Buffer {
  const { [TEMPLATE]: _template, ...others } = sourceFiles();
  return sourceZip(text === undefined ? others : { ...others, [TEMPLATE]: Buffer.from(text) });
}

const BAD: [string, () => Buffer | string, RegExp][] = [
  ['no zip', () => 'hello', /zip/i],
  [
    'without a template',
    () => withTemplate(undefined),
    /source\.zip has no endpoint\.template\.yaml|No such file.*endpoint\.template\.yaml/,
  ],
  [
    'with its files in a folder',
    () => sourceZip(Object.fromEntries(Object.entries(sourceFiles()).map(([name, file]) => [`source/${name}`, file]))),
    /buildspec\.yml|no endpoint\.template\.yaml at its root/i,
  ],
  ['with a template that is no YAML', () => withTemplate('Resources: [}'), /endpoint\.template\.yaml/],
  [
    'with a template that refers to nothing',
    () => withTemplate(template.replace('!Ref ExecutionRoleArn', '!Ref Nowhere')),
    /Nowhere/,
  ],
  [
    'with a template that lacks a parameter',
    () =>
      withTemplate(
        template.replace(/^ {2}CaptureS3Uri:\n( {4}.*\n)+/m, '').replace('!Ref CaptureS3Uri', '!Ref ExecutionRoleArn'),
      ),
    /lacks the parameters? CaptureS3Uri/,
  ],
  [
    'with a model of a fixed name',
    () =>
      withTemplate(
        template.replace(
          '      ExecutionRoleArn: !Ref ExecutionRoleArn\n',
          '      ModelName: mine\n      ExecutionRoleArn: !Ref ExecutionRoleArn\n',
        ),
      ),
    /fixed ModelName.*leave the name out/,
  ],
];

describe.each(['codebuild', 'lambda'])('verified by %s', (build) => {
  let lab: Releasing;
  let first: string;
  beforeAll(async () => {
    lab = await Releasing.open({ build });
    first = await lab.register(GOOD, 'The first.');
    await lab.promote(first);
  });
  afterAll(() => lab?.close());

  test.each(BAD)('a source %s', async (_what, source, says) => {
    const id = await lab.upload(source());
    const end = await lab.end(id);
    expect(end).toMatchObject({ status: 'Failed', stages: ['Source', 'Verify'] });
    expect(end.stop).toMatch(/^Verify: /);
    expect(end.stop).toMatch(says);
    expect(end.stop).not.toMatch(/Traceback|at Object\./);
    expect(await lab.serving()).toBe(first);
  });

  test('the right one again', async () => {
    const id = await lab.upload(sourceZip());
    await lab.until(id, 'Approval', 'InProgress');
  });
});
