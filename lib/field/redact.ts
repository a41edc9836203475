/**
 * Takes out of requests and answers what says whose they are, and leaves what they are: fields, types, states, errors.
 *
 * What is not known to be harmless is replaced. A placeholder has a sort and a keyed hash, `<name-1f0c22ab>`: the same
 * value has the same one within a recording, and nobody without the key, which stays on the machine, can try values.
 */
import { createHash, createHmac } from 'node:crypto';

/** Whom a recording must not name. */
export interface Secrets {
  readonly account: string;
  readonly learner: string;
  /** Names of people and machines: the principal's, the profile's, this user's, this host's. */
  readonly names: readonly string[];
}

/** A value of a recording. */
export type Redacted = null | boolean | number | string | readonly Redacted[] | { readonly [key: string]: Redacted };

/** Elements of a list that are kept: thousands of objects say no more. */
const KEPT_ELEMENTS = 100;
const DEEPEST = 24;
/** What our names begin with, as AWS and CloudFormation write them: lib/course/names.ts. */
const OURS = /^(mla-labs|mla_labs|mlalabs|MlaLabs|mla-[a-z]+-<learner>--)/;
/** Words of AWS's and of our names that say nothing about anybody. */
const PUBLIC =
  `mla labs MlaLabs mlalabs lab learner DataPrep dataprep Training training Deployment deployment Monitoring monitoring
  data prep cdk CDKToolkit hnb659fds bootstrap version role user assumed table tables database catalog crawler job jobs run
  stack function bucket alarm rule log group stream build project pipeline workgroup parameter model package endpoint
  config processing tuning schedule topic queue object csv gz parquet json tar yaml txt py sql zip aws service sagemaker
  glue athena lambda codebuild events classification recordCount averageRecordSize objectCount sizeKey typeOfData
  compressionType skip header line count delimiter columnsOrdered areColumnsQuoted CrawlerSchemaSerializerVersion
  CrawlerSchemaDeserializerVersion UPDATED BY CRAWLER CREATED`.split(/\s+/);
/** The learner's name that says nothing about anybody. */
const NOBODY = 'me';

const SECRET_KEY =
  /(token|marker|password|passphrase|secret|credential|authori[sz]ation|signature|cookie|accesskey|apikey|privatekey|certificate)/i;
/** Members that tell a state. */
export const STATE_KEY = /(status|state|phase)$/i;
const KIND_KEY =
  /(type|code|mode|unit|engine|framework|version|format|category|provider|class|fault|result|outcome|algorithm)$/i;
const TEXT_KEY = /(message|reason|description|details?|cause|explanation|saw|why|what|error|summary|stage)$/i;
/** Whose keys people choose. */
const MAP_KEY = /(tags|parameters|arguments|environment|variables|metadata|attributes|headers|hyperparameters)$/i;
/** What people or programs wrote, or their data. */
const BODY_KEY = /^(body|payload|zipfile|templatebody|records?|capturedata)$/i;

const STATE = /^([A-Z][A-Za-z]*|[A-Z][A-Z0-9]*(_[A-Z0-9]+)*|[a-z]+)$/;
const KIND =
  /^((AWS|Custom)(::[A-Za-z0-9]+)+|ml\.[a-z0-9]+\.[a-z0-9]+|\d{1,4}(\.\d{1,4}){0,2}|(text|application|image)\/[a-z0-9.+-]+)$/;
/** A word of a sentence. Of those with a hyphen only what is no name of a thing. */
const WORD =
  /^(\p{L}\p{Ll}*|\p{Lu}+s?|[A-Z][A-Za-z]*(Exception|Error|Fault)|(non|self|pre|sub|multi|cross|up|time|read|write)-\p{Ll}+|\p{Ll}+-(based|only|in|out|side|level|specific|managed|linked|defined))$/u;
const ACTION = /^[a-z0-9-]+:[A-Z][A-Za-z]+$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** What a recording may not have in any string; a reader refuses it. */
export const UNREDACTED: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['an account number', /(?<![0-9A-Za-z]|\d\.)\d{12}(?![0-9A-Za-z]|\.\d)/],
  ['an access key', /\b(AKIA|ASIA|AIDA|AROA|AGPA|ANPA|ABIA|ACCA)[A-Z0-9]{12,}/],
  ['an e-mail address', /[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}/],
  ['an id', /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i],
  ['a signature', /AWS4-HMAC-SHA256|X-Amz-(Signature|Credential|Security-Token)/i],
  ['a token', /\beyJ[\w-]{10,}\.|\bBearer\s+[\w.~+/-]{8,}/],
  ['an ARN with an account', /\barn:aws[\w-]*:[\w-]*:[\w-]*:\d+:/],
];

export class Redactor {
  private words = new Set<string>(PUBLIC);
  /** Names that were replaced: in a text they are no words. */
  private readonly replaced = new Map<string, string>();
  /** Members and operations of AWS's interfaces, as they are met. */
  private readonly members = new Set<string>();
  private readonly learner: RegExp | undefined;
  private readonly people: RegExp | undefined;

  /**
   * @param key of the hashes in placeholders
   * @param start what times are counted from
   */
  constructor(
    private readonly secrets: Secrets,
    private readonly key: Buffer,
    private readonly start: Date,
  ) {
    this.learner = alone([secrets.learner, secrets.learner.replaceAll('-', '_')]);
    this.people = alone(secrets.names.filter((name) => name.length > 1 && name !== secrets.learner));
  }

  /** Words that a lab itself uses for its things: of its template, for example. They are public. */
  know(texts: readonly string[]): void {
    this.words = new Set(PUBLIC);
    for (const text of texts) {
      const mine = this.withoutSecrets(text);
      for (const word of mine.replace(/<[^>]*>/g, ' ').split(/[^A-Za-z0-9]+/)) if (word !== '') this.words.add(word);
    }
  }

  /** A request's or an answer's value. @param key the member that holds it */
  value(given: unknown, key = '', depth = 0): Redacted {
    if (given === null || typeof given === 'boolean') return given;
    if (typeof given === 'number') return this.number(given);
    if (typeof given === 'bigint') return this.number(Number(given));
    if (typeof given === 'string') return this.string(given, key);
    if (typeof given !== 'object') return `<${typeof given}>`;
    if (given instanceof Date) return this.time(given);
    if (given instanceof Uint8Array) return bytes(given);
    if (isStream(given)) return '<stream>';
    if (depth > DEEPEST) return '<deep>';
    if (Array.isArray(given)) {
      const kept = given
        .slice(0, KEPT_ELEMENTS)
        .map((one: unknown) => this.value(one, typeof one === 'object' ? '' : key, depth + 1));
      return given.length > KEPT_ELEMENTS ? [...kept, `<more ${given.length - KEPT_ELEMENTS}>`] : kept;
    }
    const chosen = MAP_KEY.test(key);
    const entries = Object.entries(given).flatMap(([name, one]): [string, Redacted][] => {
      if (one === undefined || typeof one === 'function' || name === '$metadata') return [];
      if (chosen || !/^\$?[A-Za-z][A-Za-z0-9]*$/.test(name)) return [[this.name(name), this.value(one, '', depth + 1)]];
      this.members.add(name);
      return [[name, this.value(one, name, depth + 1)]];
    });
    return Object.fromEntries(entries);
  }

  /** What somebody is told: words stay, names go. */
  text(given: string): string {
    const token = /[\p{L}\d](?:[\p{L}\d_.:/@+=?&%~*$-]*[\p{L}\d_/=*])?/gu;
    const words = (text: string): string =>
      this.outsidePlaceholders(text, (part) => part.replace(token, (word) => this.token(word)));
    // What stands in quotes is a name, unless it has spaces.
    const said = given
      .replace(/\b(Bearer|Basic)\s+[\w.~+/-]{8,}=*/g, '$1 <token>')
      .replace(
        /(["'`“‘])([^\s"'`”’]{1,300})(["'`”’])|[^"'`“‘]+|["'`“‘]/g,
        (all, open: string | undefined, inner: string, close: string) =>
          open === undefined ? words(all) : `${open}${this.quoted(inner)}${close}`,
      );
    return this.withoutSecrets(said);
  }

  private quoted(given: string): string {
    return this.members.has(given) || /^[A-Z][A-Z_]*$/.test(given)
      ? this.withoutSecrets(given)
      : this.identifier(given);
  }

  /** A name of AWS's interfaces, which errors and operations have: kept where it looks like one. */
  code(given: string): string {
    return /^[A-Za-z][A-Za-z]*([.:_-][A-Za-z]+)*$|^\d{3}$/.test(given) && given.length <= 80 && this.isClean(given)
      ? given
      : this.placeholder('name', given);
  }

  /** A placeholder of a value. */
  placeholder(sort: string, value: string): string {
    return `<${sort}-${createHmac('sha256', this.key).update(value).digest('hex').slice(0, 8)}>`;
  }

  /** Seconds since the start. */
  time(given: Date): string {
    const seconds = (given.getTime() - this.start.getTime()) / 1000;
    return Number.isNaN(seconds) ? '<date>' : `<date ${seconds < 0 ? '' : '+'}${Math.round(seconds * 10) / 10}>`;
  }

  operation(name: string): string {
    this.members.add(name);
    return name;
  }

  private number(given: number): Redacted {
    if (!Number.isFinite(given)) return `<${String(given)}>`;
    return String(Math.abs(given)).includes(this.secrets.account) ? '<number>' : given;
  }

  private string(given: string, key: string): string {
    if (given === '') return '';
    if (SECRET_KEY.test(key)) return '<token>';
    if (BODY_KEY.test(key)) return bytes(Buffer.from(given));
    if (STATE_KEY.test(key) && STATE.test(given) && given.length <= 64 && this.isClean(given)) return given;
    if (KIND_KEY.test(key) && (STATE.test(given) || KIND.test(given)) && given.length <= 64 && this.isClean(given))
      return given;
    // What a program logs is its data.
    if (TEXT_KEY.test(key))
      return key === 'message' && given.length > 2000 ? bytes(Buffer.from(given)) : this.text(given);
    return this.identifier(given);
  }

  /** What names a thing, or is none of the others. */
  private identifier(given: string): string {
    if (given.length > 2048 || /[\n\r]/.test(given)) return `<text ${given.length}>`;
    if (TIME.test(given)) return `<time>`;
    if (/^(true|false|-?\d{1,9}(\.\d{1,9})?)$/.test(given)) return this.withoutSecrets(given);
    if (/^arn:/.test(given)) return this.arn(given);
    if (/^s3:\/\//.test(given)) return `s3://${this.path(given.slice(5))}`;
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) return this.placeholder('url', given);
    if (given === this.secrets.learner) return '<learner>';
    if (KIND.test(given) || ACTION.test(given)) return this.withoutSecrets(given);
    if (given.includes('/')) return this.path(given);
    const sort = sortOf(given);
    return sort === undefined ? this.name(given) : this.placeholder(sort, given);
  }

  private arn(given: string): string {
    const [, partition = '', service = '', region = '', account = '', ...rest] = given.split(':');
    const place = account === '' ? '' : account === 'aws' ? 'aws' : this.account(account);
    const [part, of, where] = [partition, service, region].map((one) =>
      /^[a-z0-9-]*$/.test(one) && !sortOf(one) ? one : '<name>',
    );
    return ['arn', part, of, where, place, ...rest.map((one) => this.path(one))].join(':');
  }

  private account(given: string): string {
    return given === this.secrets.account ? '<account>' : this.placeholder('account', given);
  }

  private path(given: string): string {
    return this.withoutSecrets(given)
      .split('/')
      .map((one) => (one === '' ? '' : this.name(one)))
      .join('/');
  }

  /** One of our names keeps the words that are ours; another is kept where all of its words are a lab's own. */
  private name(given: string): string {
    if (given === '') return '';
    const mine = this.withoutSecrets(given);
    const ours = OURS.test(mine);
    const unknown: string[] = [];
    const said = this.outsidePlaceholders(mine, (part) =>
      part.replace(/[^\s_.:,;=@+()[\]*$#%&!?~|'"{}<>-]+/g, (word) => {
        if (this.words.has(word) || /^\d{1,4}$/.test(word) || (ours && /^(mla|labs|mlalabs|MlaLabs)$/.test(word)))
          return word;
        unknown.push(word);
        return this.placeholder(sortOf(word) ?? 'id', word);
      }),
    );
    if (unknown.length === 0 || (ours && given.length <= 256)) return said;
    const placeholder = this.placeholder(sortOf(given) ?? 'name', given);
    if (given.length > 2) this.replaced.set(given, placeholder);
    return placeholder;
  }

  /** A word of a text. */
  private token(given: string): string {
    const known = this.replaced.get(given);
    if (known !== undefined) return known;
    const sort = sortOf(given);
    if (sort !== undefined && !given.startsWith('arn:')) return this.placeholder(sort, given);
    if (this.words.has(given) || this.members.has(given) || ACTION.test(given) || KIND.test(given)) return given;
    // A word as people write it, or the name of an error.
    if (WORD.test(given) && given.length <= 40)
      return given.split('-').some((part) => this.replaced.has(part)) ? this.placeholder('name', given) : given;
    if (/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(given) && given.length <= 64) return given;
    return this.identifier(given);
  }

  private withoutSecrets(given: string): string {
    let said = this.outsidePlaceholders(given.replaceAll(this.secrets.account, '<account>'), (part) =>
      part.replace(/(?<!\d)\d{12}(?!\d)/g, (one) => this.account(one)),
    );
    // The word of everybody is a word; in a name of ours it is the learner.
    if (this.secrets.learner !== NOBODY)
      said = this.outsidePlaceholders(said, (part) => part.replace(this.learner!, '<learner>'));
    else if (/^(\/?mla-labs|mla_labs|mlalabs|MlaLabs|mla-)/.test(said))
      said = said.replace(/(?<=[-_/])me(?=[-_/]|$)/g, '<learner>');
    if (this.people) said = this.outsidePlaceholders(said, (part) => part.replace(this.people!, '<person>'));
    return said;
  }

  private isClean(given: string): boolean {
    return this.withoutSecrets(given) === given && !this.replaced.has(given) && sortOf(given) === undefined;
  }

  private outsidePlaceholders(given: string, change: (part: string) => string): string {
    return given
      .split(/(<[a-z]+(?:-[0-9a-f]{8}|(?: [^<>]*))?>)/)
      .map((part, i) => (i % 2 === 1 ? part : change(part)))
      .join('');
  }
}

/** What a value is by its looks, where that alone tells that it must go. */
function sortOf(given: string): string | undefined {
  if (UNREDACTED.some(([what, pattern]) => what === 'an e-mail address' && pattern.test(given))) return 'email';
  if (/^(AKIA|ASIA|AIDA|AROA|AGPA|ANPA|ABIA|ACCA)[A-Z0-9]{12,}$/.test(given)) return 'token';
  if (/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i.test(given)) return 'id';
  if (/^(\d{1,3}\.){3}\d{1,3}$/.test(given)) return 'ip';
  if (/^[A-Za-z0-9+/=_-]{40,}$/.test(given) && /\d/.test(given) && /[A-Z]/.test(given)) return 'token';
  if (/^eyJ/.test(given)) return 'token';
  return undefined;
}

/** Matches any of these words where it stands alone, however it is written. */
function alone(words: readonly string[]): RegExp | undefined {
  if (words.length === 0) return undefined;
  const escaped = [...words]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?<![A-Za-z0-9])(?:${escaped.join('|')})(?![A-Za-z0-9])`, 'gi');
}

/** A body: how much, and which. */
function bytes(given: Uint8Array): string {
  return `<bytes ${given.length} sha256:${createHash('sha256').update(given).digest('hex').slice(0, 16)}>`;
}

function isStream(given: object): boolean {
  return (
    ['pipe', 'getReader', 'transformToString', 'arrayBuffer'].some(
      (name) => typeof (given as Readonly<Record<string, unknown>>)[name] === 'function',
    ) || Symbol.asyncIterator in given
  );
}
