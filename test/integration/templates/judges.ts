/** Those who judge the templates: each is kept by others, and knows AWS in its own way. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudFormationValidatePlugin, type PolicyViolation } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { REGIONS } from '../../../lib/facts/regions';
import { ROOT } from '../../../lib/infra/root';
import { LOCAL_CLOUD } from '../../../local-cloud/boot/paths';
import { ensurePython, ensureSeparate, programOf } from '../../../local-cloud/boot/python';
import { JudgeMissing } from '../../proof/judges/missing';
import { type Judged, shortPath } from './stacks';

export interface Finding {
  /** The judge's name for the rule. */
  readonly rule: string;
  /** The construct below its stack, or the logical id where there is none. */
  readonly where: string;
  /** What is wrong, as far as the judge says. */
  readonly what: string;
  /** The stack, by its name here. */
  readonly stack: string;
}

export type Judge = (stacks: readonly Judged[]) => Promise<Finding[]>;

const REGION_NAMES = Object.keys(REGIONS);
const run = promisify(execFile);
/** Judges that are programs run beside those that are functions, and want to be read. */
const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** AWS's rules for constructs: roles, encryption, logs. For a wildcard in a policy, `what` is the resource that has it. */
const cdkNag: Judge = async (stacks) => {
  const found: Finding[] = [];
  for (const { name, app } of stacks) {
    await othersTurn();
    for (const { ruleName, violatingResources } of new AwsSolutionsChecks(app).validateScope(app).violations) {
      const [, rule = ruleName, what = ''] = /^(.+?)(?:\[Resource::(.*)\])?$/.exec(ruleName) ?? [];
      for (const { constructPath } of violatingResources)
        found.push({ rule, where: shortPath(constructPath ?? ''), what, stack: name });
    }
  }
  return found;
};

/** The CDK's own rules for templates, which know CloudFormation's schemas. Warnings count. */
const cdk: Judge = async (stacks) => {
  const plugin = new CloudFormationValidatePlugin();
  const found: Finding[] = [];
  for (const region of REGION_NAMES) {
    for (const stack of stacks) {
      await othersTurn();
      const { violations } = plugin.validate({
        templatePaths: [stack.file],
        stackTemplates: [{ stackConstructPath: stack.name, templatePath: stack.file, accountId: undefined, region }],
        appConstruct: stack.app,
      });
      found.push(...violations.flatMap((violation) => ofCdk(stack, region, violation)));
    }
  }
  return found;
};

const ofCdk = (
  stack: Judged,
  region: string,
  { ruleName, description, violatingResources }: PolicyViolation,
): Finding[] =>
  violatingResources.map(({ resourceLogicalId, locations: [location = ''] }) => ({
    rule: ruleName,
    where: resourceLogicalId === undefined ? location : pathOf(stack, resourceLogicalId),
    what: `${description} (${region})`,
    stack: stack.name,
  }));

interface LintMatch {
  readonly Filename: string;
  readonly Level: string;
  readonly Location: { readonly Path: readonly (string | number)[] | null };
  readonly Message: string;
  readonly Rule: { readonly Id: string };
}

/** CloudFormation's linter, with the schemas of each Region. Warnings count. */
const cfnLint: Judge = async (stacks) => {
  const lint = programOf(await ensurePython(console.error), 'cfn-lint');
  const files = stacks.map(({ file }) => file);
  const options = ['--format', 'json', '--non-zero-exit-code', 'none', '--regions', ...REGION_NAMES];
  const { stdout } = await run(lint, [...options, '--', ...files], { maxBuffer: 2 ** 28 });
  return (JSON.parse(stdout) as LintMatch[])
    .filter(({ Level }) => Level !== 'Informational')
    .map(({ Filename, Location, Message, Rule }) => {
      const stack = stacks.find(({ file }) => file === Filename)!;
      const [section, id] = Location.Path ?? [];
      const where = section === 'Resources' ? pathOf(stack, String(id)) : [section, id].join('/');
      return { rule: Rule.Id, where, what: Message, stack: stack.name };
    });
};

interface CheckovReport {
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly check_name: string;
      readonly file_abs_path: string;
      readonly resource: string;
    }[];
  };
  readonly summary: { readonly parsing_errors: number };
}

/** Security rules for templates. It has a Python environment of its own: its pinned packages would disturb the engines. */
const checkov: Judge = async (stacks) => {
  const folder = join(ROOT, '.mla-labs', 'checkov');
  const lockFile = join(LOCAL_CLOUD, 'requirements-checkov.txt');
  const python = await ensureSeparate(folder, lockFile, await ensurePython(console.error)).catch((error: unknown) => {
    throw new JudgeMissing('checkov', String(error), 'see that PyPI is reached, and run the test again.');
  });
  const options = ['--framework', 'cloudformation', '--skip-download', '--quiet', '--compact', '--output', 'json'];
  const files = stacks.flatMap(({ file }) => ['--file', file]);
  const { stdout } = await run(programOf(python, 'checkov'), [...options, '--soft-fail', ...files], {
    maxBuffer: 2 ** 28,
    env: { ...process.env, LOG_LEVEL: 'ERROR' },
  });
  const { results, summary } = JSON.parse(stdout) as CheckovReport;
  if (summary.parsing_errors > 0) throw new Error(`checkov could not read ${summary.parsing_errors} of the templates.`);
  return results.failed_checks.map(({ check_id, check_name, file_abs_path, resource }) => {
    const stack = stacks.find(({ file }) => file === file_abs_path)!;
    return { rule: check_id, where: pathOf(stack, resource.split('.').at(-1)!), what: check_name, stack: stack.name };
  });
};

const pathOf = ({ paths }: Judged, logicalId: string): string => paths.get(logicalId) ?? logicalId;

export const JUDGES = { 'cdk-nag': cdkNag, 'the CDK': cdk, 'cfn-lint': cfnLint, checkov } as const;
