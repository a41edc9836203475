/** Statements as the engine reads them (engines/sql/statements.py). */

interface Named {
  /** Undefined: the query's database. */
  readonly database?: string | null;
  readonly name: string;
}

export interface ColumnText {
  readonly name: string;
  readonly type: string;
  readonly comment?: string | null;
}

type Properties = Readonly<Record<string, string | readonly string[]>>;

export interface CreateTable extends Named {
  readonly kind: 'create_table';
  readonly ifNotExists: boolean;
  readonly columns: readonly ColumnText[];
  readonly partitionKeys: readonly ColumnText[];
  readonly serde: string;
  readonly serdeProperties: Readonly<Record<string, string>>;
  readonly inputFormat: string;
  readonly outputFormat: string;
  readonly comment?: string | null;
  readonly location: string;
  readonly tableProperties: Readonly<Record<string, string>>;
}

export interface CreateTableAs extends Named {
  readonly kind: 'ctas';
  readonly ifNotExists: boolean;
  readonly properties: Properties;
  readonly query: string;
  readonly withData: boolean;
}

export interface Unload {
  readonly kind: 'unload';
  readonly query: string;
  readonly to: string;
  readonly properties: Properties;
}

export interface CreateView extends Named {
  readonly kind: 'create_view';
  readonly replace: boolean;
  /** With blanks before it, so that places in messages stay right. */
  readonly query: string;
  /** As the view keeps it. */
  readonly original: string;
}

export interface AddPartitions extends Named {
  readonly kind: 'add_partitions';
  readonly ifNotExists: boolean;
  readonly partitions: readonly {
    readonly values: Readonly<Record<string, string>>;
    readonly location?: string | null;
  }[];
}

export interface DropPartitions extends Named {
  readonly kind: 'drop_partitions';
  readonly ifExists: boolean;
  readonly partitions: readonly Readonly<Record<string, string>>[];
}

export interface CreateDatabase {
  readonly kind: 'create_database';
  readonly name: string;
  readonly ifNotExists: boolean;
  readonly comment?: string | null;
  readonly location?: string | null;
}

export interface Drop extends Named {
  readonly kind: 'drop_table' | 'drop_view';
  readonly ifExists: boolean;
}

/** What asks about one table. */
export interface AboutTable extends Named {
  readonly kind: 'show_partitions' | 'show_columns' | 'describe' | 'repair';
}

type Body =
  | { readonly kind: 'query'; readonly sql: string }
  | CreateTable
  | CreateTableAs
  | Unload
  | CreateView
  | AddPartitions
  | DropPartitions
  | CreateDatabase
  | { readonly kind: 'drop_database'; readonly name: string; readonly ifExists: boolean; readonly cascade: boolean }
  | Drop
  | AboutTable
  | { readonly kind: 'show_tables'; readonly database?: string | null; readonly pattern?: string | null }
  | { readonly kind: 'show_databases'; readonly pattern?: string | null }
  /** What Athena runs and the rehearsal does not. */
  | { readonly kind: 'lacking'; readonly what: string };

export type Statement = Body & {
  readonly type: 'DDL' | 'DML' | 'UTILITY';
  /** For example `CREATE_TABLE_AS_SELECT`. */
  readonly subType: string;
};

export type StatementOf<K extends Statement['kind']> = Extract<Statement, { readonly kind: K }>;
