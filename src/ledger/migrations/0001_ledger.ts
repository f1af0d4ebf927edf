/** The first shape of the ledger. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  const writtenAt = sql`clock_timestamp()`;
  await db.schema
    .createTable('customers')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('email', 'text')
    .addColumn('phone', 'text')
    .addColumn('written_at', 'timestamptz', (c) => c.notNull().defaultTo(writtenAt))
    .execute();
  await db.schema
    .createTable('subscriptions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('customer_id', 'text', (c) => c.notNull().references('customers.id'))
    .addColumn('enrolment', 'jsonb', (c) => c.notNull())
    .addColumn('terms', 'jsonb', (c) => c.notNull())
    .addColumn('billing_customer', 'text', (c) => c.notNull())
    .addColumn('plan_name', 'text', (c) => c.notNull())
    .addColumn('decision', 'integer', (c) => c.notNull())
    .addColumn('state', 'jsonb', (c) => c.notNull())
    .addColumn('standing', 'text', (c) => c.notNull())
    .addColumn('access', 'text', (c) => c.notNull())
    .addColumn('collection', 'text', (c) => c.notNull())
    .addColumn('policy', 'text', (c) => c.notNull())
    .addColumn('next_at', 'timestamptz')
    .addColumn('amount_at_risk_minor', 'bigint', (c) => c.notNull())
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('country', 'text', (c) => c.notNull())
    .addColumn('written_at', 'timestamptz', (c) => c.notNull().defaultTo(writtenAt))
    .execute();
  await db.schema
    .createIndex('subscriptions_by_billing_customer')
    .on('subscriptions')
    .column('billing_customer')
    .execute();
  await db.schema
    .createTable('policies')
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('content', 'jsonb', (c) => c.notNull())
    .addColumn('written_at', 'timestamptz', (c) => c.notNull().defaultTo(writtenAt))
    .addPrimaryKeyConstraint('policies_pk', ['id', 'version'])
    .execute();
  await db.schema
    .createTable('decisions')
    .addColumn('subscription_id', 'text', (c) => c.notNull().references('subscriptions.id'))
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('at', 'timestamptz', (c) => c.notNull())
    .addColumn('facts', 'jsonb', (c) => c.notNull())
    .addColumn('decision', 'jsonb', (c) => c.notNull())
    .addColumn('written_at', 'timestamptz', (c) => c.notNull().defaultTo(writtenAt))
    .addPrimaryKeyConstraint('decisions_pk', ['subscription_id', 'number'])
    .execute();
  await db.schema
    .createTable('facts')
    .addColumn('subscription_id', 'text', (c) => c.notNull().references('subscriptions.id'))
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('decision', 'integer', (c) => c.notNull())
    .addColumn('at', 'timestamptz', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('body', 'jsonb', (c) => c.notNull())
    .addColumn('written_at', 'timestamptz', (c) => c.notNull().defaultTo(writtenAt))
    .addPrimaryKeyConstraint('facts_pk', ['subscription_id', 'id'])
    .execute();
  await db.schema
    .createTable('effects')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('subscription_id', 'text', (c) => c.notNull().references('subscriptions.id'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('at', 'timestamptz', (c) => c.notNull())
    .addColumn('request', 'jsonb', (c) => c.notNull())
    .addColumn('result', 'jsonb')
    .addColumn('reference', 'text')
    .addColumn('written_at', 'timestamptz', (c) => c.notNull().defaultTo(writtenAt))
    .addColumn('done_at', 'timestamptz')
    .execute();
  await db.schema.createIndex('effects_by_subscription').on('effects').column('subscription_id').execute();
  await sql`create index effects_by_invoice on effects ((request ->> 'invoice')) where kind = 'charge'`.execute(db);
  await db.schema
    .createTable('invoices')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('subscription_id', 'text', (c) => c.notNull().references('subscriptions.id'))
    .addColumn('reference', 'text', (c) => c.notNull())
    .addColumn('pay_url', 'text')
    .addColumn('card_brand', 'text')
    .addColumn('card_last4', 'text')
    .execute();
  await db.schema
    .createTable('call_tasks')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('subscription_id', 'text', (c) => c.notNull().references('subscriptions.id'))
    .addColumn('case', 'text', (c) => c.notNull())
    .addColumn('n', 'integer', (c) => c.notNull())
    .addColumn('invoice_id', 'text', (c) => c.notNull())
    .addColumn('amount_minor', 'bigint', (c) => c.notNull())
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('decline_code', 'text')
    .addColumn('opened_at', 'timestamptz', (c) => c.notNull())
    .addColumn('due_at', 'timestamptz', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull().defaultTo('open'))
    .addColumn('outcome', 'text')
    .addColumn('promised_for', 'text')
    .addColumn('closed_at', 'timestamptz')
    .execute();
  await db.schema.createIndex('call_tasks_open').on('call_tasks').columns(['status', 'due_at']).execute();
  await db.schema
    .createTable('call_notes')
    .addColumn('id', 'bigserial', (c) => c.primaryKey())
    .addColumn('call_task_id', 'text', (c) => c.notNull().references('call_tasks.id'))
    .addColumn('note', 'text', (c) => c.notNull())
    .addColumn('written_at', 'timestamptz', (c) => c.notNull().defaultTo(writtenAt))
    .execute();
  await db.schema
    .createTable('webhook_events')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('provider', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('raw', 'text', (c) => c.notNull())
    .addColumn('received_at', 'timestamptz', (c) => c.notNull().defaultTo(writtenAt))
    .addColumn('processed_at', 'timestamptz')
    .execute();
  await appendOnly(db, ['facts', 'decisions', 'policies']);
}

/** What was decided stays as it was decided: the database itself refuses to change it. */
async function appendOnly(db: Kysely<unknown>, tables: string[]): Promise<void> {
  await sql`
    create function refuse_change() returns trigger language plpgsql as
    $$ begin raise exception 'table % is append-only', tg_table_name; end $$`.execute(db);
  for (const table of tables) {
    await sql`create trigger append_only before update or delete on ${sql.table(table)}
              for each row execute function refuse_change()`.execute(db);
  }
}
