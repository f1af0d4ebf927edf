/** The table of rooms holds: each import that it forbids is a lint error, and each that it allows is none. */
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { roomRules } from '../../eslint.rooms.js';

const linter = new Linter({ cwd: `${import.meta.dirname}/../..` });

/** What the linter says about a file with this content, a line for each complaint. */
function complaints(file: string, code: string): string[] {
  const config = [{ files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } }, ...roomRules];
  return linter.verify(code, config as Linter.Config[], { filename: file }).map(({ message }) => message);
}

describe('the rooms of the house', () => {
  it.each([
    ['the core may not import a vendor SDK', 'src/core/decide.ts', `import Stripe from 'stripe';`],
    ['nor a type of one', 'src/core/decide.ts', `import type Stripe from 'stripe';`],
    ['nor Temporal', 'src/core/decide.ts', `import { sleep } from '@temporalio/workflow';`],
    ['nor Node', 'src/core/decide.ts', `import { readFileSync } from 'node:fs';`],
    [
      'nor another room of ours',
      'src/core/concerns/calls.ts',
      `import { openLedger } from '../../ledger/database.ts';`,
    ],
    ['a workflow may not run the core', 'workflows/subscription.ts', `import { decide } from '../src/core/decide.ts';`],
    ['nor activities', 'workflows/subscription.ts', `import { createActivities } from '../activities/index.ts';`],
    ['nor Node', 'workflows/call-task.ts', `import { randomUUID } from 'node:crypto';`],
    ['an activity may not import a vendor SDK', 'activities/billing.ts', `import Stripe from 'stripe';`],
    ['nor write SQL', 'activities/once.ts', `import { sql } from 'kysely';`],
    ['nor import a provider', 'activities/messages.ts', `import { postmarkMail } from '../src/providers/index.ts';`],
    ['nor a workflow itself', 'activities/call-tasks.ts', `import { callTask } from '../workflows/call-task.ts';`],
    ['the sandbox may not use our code', 'src/sandbox/stripe/find.ts', `import { money } from '../../core/money.ts';`],
    ["nor a vendor's", 'src/sandbox/stripe/webhooks.ts', `import Stripe from 'stripe';`],
    ['a provider may not write SQL', 'src/providers/twilio.ts', `import pg from 'pg';`],
    ['nor read the ledger', 'src/providers/stripe/once.ts', `import { openLedger } from '../../ledger/database.ts';`],
    ['the ledger may not import a provider', 'src/ledger/database.ts', `import { x } from '../providers/index.ts';`],
    ['the API may not write SQL', 'src/api/health.ts', `import { sql } from 'kysely';`],
    ['nor reach past the door of the providers', 'src/api/auth.ts', `import { x } from '../providers/twilio.ts';`],
    ['nor import a vendor SDK', 'src/api/webhooks/stripe.ts', `import Stripe from 'stripe';`],
    ['nor a workflow itself', 'src/api/server.ts', `import { subscription } from '../../workflows/subscription.ts';`],
    ['configuration may not import a library of ours but the core', 'config/rules.ts', `import '../src/temporal.ts';`],
    ['what composes a process may not write SQL', 'src/worker.ts', `import { sql } from 'kysely';`],
    ['nor import a vendor SDK', 'src/rehearsal/main.ts', `import twilio from 'twilio';`],
    ['re-exports count', 'src/core/effects.ts', `export { Stripe } from 'stripe';`],
    ['and export *', 'src/core/effects.ts', `export * from 'stripe';`],
    ['and import()', 'src/core/effects.ts', `export const later = import('stripe');`],
    ['and a type written as import()', 'src/core/effects.ts', `export type Sdk = import('stripe').Stripe;`],
    ['and a type beside a value', 'src/sandbox/bank.ts', `import { type Policy, read } from '../core/policy.ts';`],
  ])('%s', (_promise, file, code) => {
    expect(complaints(file, code)).toEqual([expect.stringMatching(/ may not import | may import only types /)]);
  });

  it.each([
    ['the core imports its libraries', 'src/core/money.ts', `import { USD } from 'dinero.js/currencies';`],
    ['and itself', 'src/core/concerns/calls.ts', `import { at } from '../time.ts';`],
    [
      'a workflow knows the types of the core',
      'workflows/messages.ts',
      `import type { Fact } from '../src/core/facts.ts';`,
    ],
    ['and of the activities', 'workflows/subscription.ts', `import { type A } from '../activities/index.ts';`],
    ['an activity names signals', 'activities/call-tasks.ts', `import { factSignal } from '../workflows/messages.ts';`],
    ['a provider uses its SDK', 'src/providers/stripe/client.ts', `import Stripe from 'stripe';`],
    ['the sandbox knows the shapes of the SDK', 'src/sandbox/tables.ts', `import type Stripe from 'stripe';`],
    ['the API knows the types of SQL', 'src/api/routing.ts', `import type { Selectable } from 'kysely';`],
    ['its process composes', 'src/api/main.ts', `import { rulebooks } from '../../activities/rulebook.ts';`],
    ['the embedded database is spoken to', 'src/embedded/postgres.ts', `import pg from 'pg';`],
  ])('%s', (_promise, file, code) => {
    expect(complaints(file, code)).toEqual([]);
  });
});

describe('the pure core', () => {
  it.each([
    ['reads no clock', `export const now = () => Date.now();`],
    ['nor a new Date', `export const now = () => new Date();`],
    ["nor Temporal's", `export const now = () => Temporal.Now.instant();`],
    ['throws no dice', `export const jitter = () => Math.random();`],
    ['reads no environment', `export const zone = process.env.TZ;`],
    ['calls nobody', `export const rates = () => fetch('https://example.com');`],
  ])('%s', (_promise, code) => {
    expect(complaints('src/core/time.ts', code)).toHaveLength(1);
  });

  it('may parse a date that it was given', () => {
    expect(complaints('src/core/time.ts', `export const day = (text: string) => new Date(text);`)).toEqual([]);
  });
});

describe('the lint configuration', () => {
  it('holds the rules of the rooms', async () => {
    const { default: config } = await import('../../eslint.config.js');
    expect(config).toEqual(expect.arrayContaining(roomRules));
  });
});
