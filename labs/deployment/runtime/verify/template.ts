/** Is the template one that the pipeline can deploy, and roll back? The same rules as source/checks/template.py, without cfn-lint. */
import { CloudFormationClient, ValidateTemplateCommand } from '@aws-sdk/client-cloudformation';
import { parseDocument } from 'yaml';
import { TEMPLATE_FILE, VARIANT } from '../../names';
import { ReleaseError } from '../pipeline-action/release-error';

/** CloudFormation's own word on a template. @throws Error with the fault */
export type ValidateTemplate = (template: string) => Promise<void>;

type Properties = Readonly<Record<string, unknown>>;
interface Template {
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Resources?: Readonly<Record<string, { readonly Type?: string; readonly Properties?: Properties }>>;
}

const CONFIG = 'AWS::SageMaker::EndpointConfig';
const TYPES = ['AWS::SageMaker::Model', CONFIG, 'AWS::SageMaker::Endpoint'];
/** Kept under a name, a model or configuration cannot be replaced, so no other version could ever be deployed. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::SageMaker::Model': 'ModelName',
  [CONFIG]: 'EndpointConfigName',
};

/**
 * @param passed parameters that the pipeline passes
 * @throws ReleaseError naming the fault
 */
export async function checkTemplate(
  text: string,
  passed: readonly string[],
  validate: ValidateTemplate,
): Promise<void> {
  const { Parameters = {}, Resources } = parse(text);
  if (typeof Resources !== 'object' || Resources === null) throw new ReleaseError(`${TEMPLATE_FILE} has no Resources.`);
  const missing = passed.filter((name) => !(name in Parameters));
  if (missing.length > 0) {
    throw new ReleaseError(`${TEMPLATE_FILE} lacks the parameters ${missing.join(', ')}, which the pipeline passes.`);
  }
  for (const type of TYPES) {
    const found = Object.values(Resources).filter((resource) => resource?.Type === type);
    if (found.length !== 1) {
      throw new ReleaseError(
        `${TEMPLATE_FILE} has ${found.length} resources of the type ${type}; it needs exactly one.`,
      );
    }
    checkResource(type, found[0]!.Properties ?? {});
  }
  try {
    await validate(text);
  } catch (error) {
    if ((error as Error).name !== 'ValidationError') throw error;
    throw new ReleaseError(`CloudFormation finds a fault in ${TEMPLATE_FILE}: ${(error as Error).message}`);
  }
}

function checkResource(type: string, properties: Properties): void {
  const name = NAMES[type];
  if (name !== undefined && name in properties) {
    throw new ReleaseError(
      `${TEMPLATE_FILE} gives its ${type} the fixed ${name} ${JSON.stringify(properties[name])}. CloudFormation cannot replace what has a fixed name, so the next version could not be deployed: leave the name out.`,
    );
  }
  if (type !== CONFIG) return;
  const variants = properties.ProductionVariants;
  const names = Array.isArray(variants) ? variants.map((one: Properties) => one?.VariantName) : [];
  if (names.length !== 1 || names[0] !== VARIANT) {
    throw new ReleaseError(
      `${TEMPLATE_FILE} names its variants ${JSON.stringify(names)}; it needs one, "${VARIANT}", as alarms and later versions know it.`,
    );
  }
}

function parse(text: string): Template {
  // CloudFormation's own tags (!Ref, !If) are no fault: what they stand on is read as it is written.
  const document = parseDocument(text, { logLevel: 'silent' });
  const fault = document.errors[0];
  const value: unknown = fault ? undefined : document.toJS();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const where = fault ? `: ${fault.message.split('\n')[0]}` : '';
    throw new ReleaseError(`${TEMPLATE_FILE} is neither YAML nor JSON of a CloudFormation template${where}`);
  }
  return value;
}

export function templateValidator(client: CloudFormationClient): ValidateTemplate {
  return async (TemplateBody) => {
    await client.send(new ValidateTemplateCommand({ TemplateBody }));
  };
}
