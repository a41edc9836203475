/** Table and partition inputs as a crawler writes them. */
import type { PartitionInput, StorageDescriptor, TableInput } from '@aws-sdk/client-glue';
import type { CrawledFile } from './crawlerSource';
import type { FoundPartition, FoundTable } from './crawlerTables';

interface Format {
  readonly InputFormat: string;
  readonly OutputFormat: string;
  readonly SerdeInfo: NonNullable<StorageDescriptor['SerdeInfo']>;
  readonly parameters: Readonly<Record<string, string>>;
}

function format(file: CrawledFile): Format {
  const { schema } = file;
  if (schema.classification === 'parquet') {
    return {
      InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      SerdeInfo: {
        SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
        Parameters: { 'serialization.format': '1' },
      },
      parameters: {},
    };
  }
  const text = {
    InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
    OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
  };
  if (schema.classification === 'UNKNOWN') return { ...text, SerdeInfo: {}, parameters: {} };
  const openCsv = schema.serde === 'OpenCSVSerDe';
  return {
    ...text,
    SerdeInfo: openCsv
      ? {
          SerializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
          Parameters: { separatorChar: schema.delimiter, ...(schema.quoteSymbol && { quoteChar: schema.quoteSymbol }) },
        }
      : {
          SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
          Parameters: { 'field.delim': schema.delimiter },
        },
    parameters: {
      areColumnsQuoted: String(schema.quoted),
      columnsOrdered: 'true',
      delimiter: schema.delimiter,
      ...(schema.hasHeader && { 'skip.header.line.count': '1' }),
    },
  };
}

function parameters(crawler: string, files: readonly CrawledFile[]): Record<string, string> {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const records = files.reduce((sum, { schema, size: bytes }) => {
    if (schema.classification === 'parquet') return sum + schema.recordCount;
    return sum + (schema.averageRecordSize > 0 ? Math.round(bytes / schema.averageRecordSize) : 0);
  }, 0);
  const first = files[0]!;
  return {
    ...format(first).parameters,
    CrawlerSchemaDeserializerVersion: '1.0',
    CrawlerSchemaSerializerVersion: '1.0',
    UPDATED_BY_CRAWLER: crawler,
    averageRecordSize: String(records > 0 ? Math.max(1, Math.round(size / records)) : 0),
    classification: first.schema.classification,
    compressionType: first.compression,
    objectCount: String(files.length),
    recordCount: String(records),
    sizeKey: String(size),
    typeOfData: 'file',
  };
}

function descriptor(
  location: string,
  files: readonly CrawledFile[],
  columns: StorageDescriptor['Columns'],
  properties: Record<string, string>,
): StorageDescriptor {
  const { InputFormat, OutputFormat, SerdeInfo } = format(files[0]!);
  return {
    Columns: columns,
    Location: location,
    InputFormat,
    OutputFormat,
    Compressed: files[0]!.compression !== 'none',
    NumberOfBuckets: -1,
    SerdeInfo,
    BucketColumns: [],
    SortColumns: [],
    Parameters: properties,
    StoredAsSubDirectories: false,
  };
}

/** The table. Partition columns are strings, and stand there even when a data column has the same name. */
export function tableInput(crawler: string, name: string, found: FoundTable): TableInput {
  const properties = parameters(crawler, found.files);
  return {
    Name: name,
    Owner: 'owner',
    Retention: 0,
    StorageDescriptor: descriptor(`s3://${found.bucket}/${found.prefix}`, found.files, [...found.columns], properties),
    PartitionKeys: found.partitionKeys.map((key) => ({ Name: key, Type: 'string' })),
    TableType: 'EXTERNAL_TABLE',
    Parameters: properties,
  };
}

/** A partition. @param inherit the table, when partitions take over its columns and format */
export function partitionInput(
  crawler: string,
  bucket: string,
  found: FoundPartition,
  inherit: TableInput | undefined,
): PartitionInput {
  const own = parameters(crawler, found.files);
  const location = `s3://${bucket}/${found.prefix}`;
  const table = inherit?.StorageDescriptor;
  const described = descriptor(location, found.files, [...found.columns], own);
  return {
    Values: [...found.values],
    StorageDescriptor: table
      ? {
          ...described,
          Columns: table.Columns,
          SerdeInfo: table.SerdeInfo,
          InputFormat: table.InputFormat,
          OutputFormat: table.OutputFormat,
        }
      : described,
    Parameters: { ...own, classification: inherit?.Parameters?.classification ?? own.classification! },
  };
}
