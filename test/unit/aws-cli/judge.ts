/** Whether the oldest AWS CLI that the labs promise understands a command. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UNKNOWN } from './words';

interface Shape {
  readonly members?: Readonly<Record<string, string | null>>;
  readonly required?: readonly string[];
  readonly list?: string | null;
  readonly map?: string | null;
  readonly enum?: readonly string[];
}
interface Command {
  /** The shape of each option's value; null where any text is right. */
  readonly options: Readonly<Record<string, string | null>>;
  readonly required: readonly string[];
  /** The shape of the whole request; null where it has none. */
  readonly input: string | null;
}
interface Known {
  readonly versions: { readonly awscli: string; readonly botocore: string };
  readonly services: readonly string[];
  /** By the words after `aws`; null for what that version does not know. */
  readonly commands: Readonly<Record<string, Command | null>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** Made by scripts/cli/extract.py. */
export const known = JSON.parse(readFileSync(join(__dirname, 'oldest.json'), 'utf8')) as Known;
export const services: ReadonlySet<string> = new Set(known.services);

/** Options of every command, in both versions of the AWS CLI. */
const GLOBAL = ['--region', '--profile', '--output', '--query', '--endpoint-url', '--no-paginate', '--debug'];

/** The command's name, as `glue start-crawler` or `cloudformation wait stack-update-complete`. */
export function nameOf(words: readonly string[]): string {
  const [service = '', ...rest] = words.slice(1).map((word) => word.split(UNKNOWN)[0]!.replace(/[^a-z0-9]+$/, ''));
  return [service, ...rest.slice(0, rest[0] === 'wait' ? 2 : 1)].join(' ');
}

/** @param whole the words are all of the command; otherwise more may come @returns what is wrong */
export function faultsOf(words: readonly string[], whole: boolean): string[] {
  const name = nameOf(words);
  const command = known.commands[name];
  if (command === null) return [`aws ${name}: not in version ${known.versions.awscli}`];
  if (command === undefined)
    return [`aws ${name}: nobody has looked it up yet. Next: python scripts/cli/extract.py … '${name}'`];
  const given = new Map<string, string[]>();
  let last: string[] = [];
  for (const word of words.slice(1)) {
    if (!word.startsWith('--')) last.push(word);
    else {
      const [option, ...value] = word.split('=');
      given.set(option!.replace(/[^a-z0-9-]+$/, ''), (last = value.length > 0 ? [value.join('=')] : []));
    }
  }
  const faults = [...given].flatMap(([option, values]) => {
    if (GLOBAL.includes(option)) return [];
    if (!Object.hasOwn(command.options, option)) return [`${option} is no option`];
    if (option === '--cli-input-json') return values.flatMap((value) => ofText(value, command.input, option));
    return values.flatMap((value) => ofText(value, command.options[option]!, option));
  });
  const missing = given.has('--cli-input-json') ? [] : command.required.filter((option) => !given.has(option));
  return [...faults, ...(whole ? missing.map((option) => `${option} is missing`) : [])].map(
    (fault) => `aws ${name}: ${fault}`,
  );
}

/** A value on the command line: JSON, or a word of a list of words. */
function ofText(text: string, shape: string | null, where: string): string[] {
  const { list, enum: values } = (shape !== null && known.shapes[shape]) || {};
  if (/^\s*[[{]/.test(text)) {
    try {
      return ofValue(JSON.parse(text), shape, where);
    } catch {
      return text.includes(UNKNOWN) ? [] : [`${where} is no JSON: ${text.slice(0, 60)}`];
    }
  }
  if (typeof list === 'string' && known.shapes[list]?.enum) return ofValue(text, list, where);
  return values ? ofValue(text.replace(/[.,:]$/, ''), shape, where) : [];
}

function ofValue(value: unknown, name: string | null, where: string): string[] {
  const shape = name === null ? undefined : known.shapes[name];
  if (!shape || (typeof value === 'string' && value.includes(UNKNOWN))) return [];
  if (shape.enum) return shape.enum.includes(String(value)) ? [] : [`${where} has no ${String(value)}`];
  if (shape.list !== undefined)
    return Array.isArray(value)
      ? value.flatMap((one) => ofValue(one, shape.list!, `${where}[]`))
      : [`${where} is no list`];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${where} is no object`];
  const entries = Object.entries(value);
  if (shape.map !== undefined) return entries.flatMap(([key, one]) => ofValue(one, shape.map!, `${where}.${key}`));
  return [
    ...entries.flatMap(([key, one]) =>
      Object.hasOwn(shape.members!, key)
        ? ofValue(one, shape.members![key]!, `${where}.${key}`)
        : [`${where} has no ${key}`],
    ),
    ...shape.required!.filter((key) => !(key in value)).map((key) => `${where} lacks ${key}`),
  ];
}
