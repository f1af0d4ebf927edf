/** Everything that is set from outside, read once at the start of a process. Temporal's own settings are TEMPORAL_*. */
import { z } from 'zod';
import { ConfigError } from './yaml-file.ts';

const url = z.url('a URL such as http://127.0.0.1:4100');
const port = z.coerce.number('a port number').int().min(1).max(65535);
const needed = (what: string) => z.string(what).min(1, what);

const ledger = {
  /** The ledger's database. */
  DATABASE_URL: z.url('a PostgreSQL URL such as postgres://user:password@host:5432/holdfast'),
  /** PostgreSQL schema of the ledger. */
  HOLDFAST_SCHEMA: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'a PostgreSQL schema name in lower case')
    .default('holdfast'),
  /** Temporal task queue of subscriptions and call tasks. */
  HOLDFAST_TASK_QUEUE: z.string().min(1).default('holdfast'),
};

const stripe = {
  STRIPE_API_KEY: needed('a secret key of Stripe, sk_…'),
  /** Another host that speaks Stripe's API: the sandbox. */
  STRIPE_API_BASE: url.optional(),
};

const api = {
  HOLDFAST_API_PORT: port.default(4000),
  /** Address that the API listens on. */
  HOLDFAST_API_HOST: z.string().default('127.0.0.1'),
  /** Keys that may call the API, separated by commas. */
  HOLDFAST_API_KEYS: z
    .string()
    .default('')
    .transform((keys) => keys.split(',').flatMap((key) => key.trim() || [])),
  STRIPE_WEBHOOK_SECRET: needed("the signing secret of Stripe's webhook endpoint, whsec_…"),
};

const messages = {
  POSTMARK_SERVER_TOKEN: needed('the token of a Postmark server'),
  POSTMARK_API_BASE: url.optional(),
  /** Sender of mails, an address or `Name <address>`. */
  MAIL_FROM: z.string().min(3).default('Learnwell <billing@learnwell.example>'),
  /** A mailbox that a person reads. */
  MAIL_REPLY_TO: z.email('a mail address').default('help@learnwell.example'),
  TWILIO_ACCOUNT_SID: needed('the id of a Twilio account, AC…'),
  TWILIO_AUTH_TOKEN: needed('the auth token of the Twilio account'),
  TWILIO_API_BASE: url.optional(),
  /** Sender of texts, E.164, or a Messaging Service id `MG…`. */
  TWILIO_FROM: z.string().min(2).default('+15005550006'),
  /** The company that customers know. */
  COMPANY_NAME: z.string().min(1).default('Learnwell'),
  COMPANY_ADDRESS: z.string().optional(),
  /** Accent colour of mails, `#rrggbb`. */
  COMPANY_ACCENT: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'a colour such as #0b6b5d')
    .default('#0b6b5d'),
  /** Where a customer manages the subscription when no invoice is open. */
  COMPANY_ACCOUNT_URL: url.default('https://learnwell.example/account'),
};

const apiSchema = z.object({ ...ledger, ...stripe, ...api });
const workerSchema = z.object({ ...ledger, ...stripe, ...messages });

export type ApiEnvironment = z.output<typeof apiSchema>;
export type WorkerEnvironment = z.output<typeof workerSchema>;

/** Every variable that some process of ours reads, for checks of files that set them. */
export const variableNames: readonly string[] = Object.keys({ ...ledger, ...stripe, ...api, ...messages });

/** What the API needs. @throws ConfigError with one line for each variable that is missing or wrong. */
export function readApiEnvironment(env: NodeJS.ProcessEnv = process.env): ApiEnvironment {
  return read(apiSchema, env);
}

/** What a worker needs. @throws ConfigError with one line for each variable that is missing or wrong. */
export function readWorkerEnvironment(env: NodeJS.ProcessEnv = process.env): WorkerEnvironment {
  return read(workerSchema, env);
}

function read<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv): z.output<S> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return env[name] === undefined ? `${name} is not set: it is ${message}` : `${name} is wrong: it is ${message}`;
  });
  throw new ConfigError(lines.join('\n'));
}
