/** Opens the ledger: one connection pool on one PostgreSQL schema, and its migrations. */
import { Kysely, Migrator, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { instant } from '../core/time.ts';
import * as ledger0001 from './migrations/0001_ledger.ts';
import type { LedgerTables } from './schema.ts';

export type Ledger = Kysely<LedgerTables>;

/** Numbered, never edited, each run once. */
const migrations = { '0001_ledger': ledger0001 };

const timestamptz = 1184;
const int8 = 20;

/**
 * @param schema PostgreSQL schema that holds the tables; rehearsals have one of their own. Default `holdfast`.
 */
export function openLedger(databaseUrl: string, schema = 'holdfast', connections = 10): Ledger {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: connections,
    // A database host that does not answer must fail a request, not hang it.
    connectionTimeoutMillis: 5000,
    options: `-c search_path=${schema}`,
    types: { getTypeParser: (type, format) => parsers[type] ?? (pg.types.getTypeParser(type, format) as Parser) },
  });
  // A connection that breaks while it rests is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  return new Kysely<LedgerTables>({ dialect: new PostgresDialect({ pool }) });
}

type Parser = (text: string) => unknown;

const parsers: Record<number, Parser> = {
  [timestamptz]: (text) => instant(isoText(text)),
  [int8]: Number,
};

/** PostgreSQL writes `2027-01-31 09:00:00.5+00`. */
function isoText(text: string): string {
  return text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
}

/** Creates the schema where it is missing and brings it up to date; safe when several processes start at once. */
export async function migrate(ledger: Ledger, schema = 'holdfast'): Promise<void> {
  await sql`create schema if not exists ${sql.id(schema)}`.execute(ledger).catch(ignoreLostRace);
  const migrator = new Migrator({
    db: ledger,
    migrationTableSchema: schema,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw new Error('the ledger could not be migrated', { cause: error });
}

/** Resolves when the database answers, rejects when it does not. */
export async function askLedger(ledger: Ledger): Promise<void> {
  await sql`select 1`.execute(ledger);
}

/** Two processes that create one schema at the same moment: PostgreSQL lets one win and tells the other so. */
function ignoreLostRace(error: unknown): void {
  if (!(error instanceof pg.DatabaseError && error.code === '23505')) throw error;
}
