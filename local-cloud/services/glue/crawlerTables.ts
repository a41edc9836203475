/**
 * From files to tables and partitions, as a crawler groups them.
 *
 * https://docs.aws.amazon.com/glue/latest/dg/crawler-s3-folder-table-partition.html
 */
import { createHash } from 'node:crypto';
import type { Column } from '@aws-sdk/client-glue';
import type { CrawledFile } from './crawlerSource';
import { commonType } from './csvClassifier';

/** Files of one folder: a partition, or the whole of a table that has none. */
export interface FoundPartition {
  readonly values: readonly string[];
  /** S3 prefix, ending at a slash. */
  readonly prefix: string;
  readonly files: readonly CrawledFile[];
  readonly columns: readonly Column[];
}

export interface FoundTable {
  readonly name: string;
  readonly bucket: string;
  /** S3 prefix, ending at a slash; "" for the whole bucket; or the key of the one file that is this table. */
  readonly prefix: string;
  readonly files: readonly CrawledFile[];
  readonly columns: readonly Column[];
  /** Names of the partition columns; none for a table without partitions. */
  readonly partitionKeys: readonly string[];
  readonly partitions: readonly FoundPartition[];
}

export interface GroupingOptions {
  readonly tablePrefix: string;
  /** One schema per include path, if the formats agree: TableGroupingPolicy CombineCompatibleSchemas. */
  readonly combine: boolean;
  /** Depth at which tables stand, the bucket being 1: TableLevelConfiguration. @default Glue decides */
  readonly level?: number;
}

/** Part of the columns that two files must share to belong to one table. */
const SIMILAR = 0.7;

/**
 * Groups the files of one include path.
 *
 * @param root the include path: "", ending at a slash, or the key of the one file
 */
export function groupTables(root: string, files: readonly CrawledFile[], options: GroupingOptions): FoundTable[] {
  if (files.length === 0) return [];
  if (files.length === 1 && files[0]!.key === root) return [table(root, files, options)];
  const depth = root === '' ? 1 : root.split('/').length;
  const below = files.some((file) => file.key.slice(root.length).includes('/'));
  const tooHigh = options.level !== undefined && depth < options.level && below;
  if (!tooHigh && belongTogether(root, files, options.combine)) return [table(root, files, options)];
  const folders = new Map<string, CrawledFile[]>();
  const tables: FoundTable[] = [];
  for (const file of files) {
    const rest = file.key.slice(root.length);
    const slash = rest.indexOf('/');
    if (slash < 0) tables.push(table(file.key, [file], options));
    else {
      const folder = root + rest.slice(0, slash + 1);
      folders.set(folder, [...(folders.get(folder) ?? []), file]);
    }
  }
  return [...tables, ...[...folders].flatMap(([folder, inside]) => groupTables(folder, inside, options))];
}

/** One depth, one kind of data, and (unless combining was asked for) similar columns. */
function belongTogether(root: string, files: readonly CrawledFile[], combine: boolean): boolean {
  const first = files[0]!;
  return files.every(
    (file) =>
      folderParts(root, file).length === folderParts(root, first).length &&
      compatibility(file) === compatibility(first) &&
      (combine || similar(first.schema.columns, file.schema.columns)),
  );
}

/**
 * What files must have in common to be one table, however their columns are: format, compression, separator.
 * @see https://docs.aws.amazon.com/glue/latest/dg/crawler-grouping-policy.html
 */
function compatibility({ compression, schema }: CrawledFile): string {
  return JSON.stringify([schema.classification, compression, schema.classification === 'csv' ? schema.delimiter : '']);
}

function similar(a: readonly Column[], b: readonly Column[]): boolean {
  const names = new Set(a.map((column) => column.Name));
  const shared = b.filter((column) => names.has(column.Name)).length;
  return shared >= SIMILAR * Math.max(a.length, b.length);
}

function folderParts(root: string, file: CrawledFile): string[] {
  return file.key.slice(root.length).split('/').slice(0, -1);
}

function table(prefix: string, files: readonly CrawledFile[], options: GroupingOptions): FoundTable {
  const depth = prefix.endsWith('/') || prefix === '' ? folderParts(prefix, files[0]!).length : 0;
  const folders = new Map<string, CrawledFile[]>();
  for (const file of depth > 0 ? files : []) {
    const folder = `${prefix}${folderParts(prefix, file).join('/')}/`;
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const paths = [...folders.keys()].map((folder) => folder.slice(prefix.length).split('/').slice(0, -1));
  const bucket = files[0]!.bucket;
  return {
    name: tableName(options.tablePrefix, prefix || bucket),
    bucket,
    prefix,
    files,
    columns: mergeColumns(files.map((file) => file.schema.columns)),
    partitionKeys: partitionKeys(paths, depth),
    partitions: [...folders].map(([folder, inside], i) => ({
      prefix: folder,
      files: inside,
      columns: mergeColumns(inside.map((file) => file.schema.columns)),
      values: paths[i]!.map((part) => decode(part.replace(/^[^=]+=/, ''))),
    })),
  };
}

/** `batch=2013-01` names its column; other folders are `partition_0`, `partition_1`, by their depth. */
function partitionKeys(paths: readonly string[][], depth: number): string[] {
  return Array.from({ length: depth }, (_, i) => {
    const names = new Set(paths.map((path) => /^([^=]+)=/.exec(path[i]!)?.[1]?.toLowerCase()));
    const [name] = names;
    return names.size === 1 && name !== undefined ? name : `partition_${i}`;
  });
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The last folder (or the file), in lower case, with `_` for what a name cannot hold. */
export function tableName(tablePrefix: string, path: string): string {
  const last = path.replace(/\/$/, '').split('/').pop()!;
  return `${tablePrefix}${last}`
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_')
    .slice(0, 255);
}

/** A name that is taken by a table elsewhere gets a hash of this one's place. */
export function nameWithHash(name: string, bucket: string, prefix: string): string {
  const hash = createHash('md5').update(`s3://${bucket}/${prefix}`).digest('hex');
  return `${name.slice(0, 222)}_${hash}`;
}

/** Columns of all, in order of first appearance, with the type that holds the values of each. */
export function mergeColumns(schemas: readonly (readonly Column[])[]): Column[] {
  const merged = new Map<string, string>();
  for (const { Name = '', Type = 'string' } of schemas.flat()) {
    const known = merged.get(Name);
    merged.set(Name, known === undefined ? Type : commonType(known, Type));
  }
  // A file may have two columns of one name; the catalog then gets both, as on AWS.
  const repeated = schemas.find((columns) => new Set(columns.map((c) => c.Name)).size < columns.length);
  if (repeated) return repeated.map((column) => ({ ...column }));
  return [...merged].map(([Name, Type]) => ({ Name, Type }));
}
