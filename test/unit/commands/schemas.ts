/** The schemas of the `--json` documents, as people find them in docs/schemas. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Ajv from 'ajv/dist/2020';

export const FOLDER = resolve(__dirname, '../../../docs/schemas');
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.schema.json'));

// strictRequired would want the required names of each branch again in its parent.
const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false });
for (const file of FILES) ajv.addSchema(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as object);

/** Verbs that have a schema. */
export const DESCRIBED: readonly string[] = FILES.map((file) => file.replace('.schema.json', '')).filter(
  (name) => !['common', 'error', 'recording'].includes(name),
);

/** What is wrong with a line of a report of `rehearse`. */
export function recordFaults(record: unknown): string[] {
  const validate = ajv.getSchema('recording.schema.json')!;
  return validate(record) ? [] : [ajv.errorsText(validate.errors)];
}

/** What is wrong with a verb's document. @returns an empty list where it is as its schema says, or as that of errors does */
export function schemaFaults(verb: string, document: unknown): string[] {
  const failed = typeof document === 'object' && document !== null && 'error' in document;
  const validate = ajv.getSchema(`${failed ? 'error' : verb}.schema.json`);
  if (!validate) return [`docs/schemas has no ${verb}.schema.json`];
  if (validate(document)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || 'the document'} ${message} ${JSON.stringify(params)}`,
  );
}
