/** Everything that is set from outside, read once at the start of a process. Temporal's own settings are TEMPORAL_*. */
import { z } from 'zod';
import { ConfigError } from './yaml-file.ts';

const url = z.url('a URL such as http://127.0.0.1:4100');
const port = z.coerce.number().int().min(1).max(65535);

const schema = z.object({
  /** The ledger's database. */
  DATABASE_URL: z.url('a PostgreSQL URL such as postgres://user:password@host:5432/holdfast'),
  /** PostgreSQL schema of the ledger. */
  HOLDFAST_SCHEMA: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, 'a PostgreSQL schema name in lower case').default('holdfast'),
  /** Temporal task queue of subscriptions and call tasks. */
  HOLDFAST_TASK_QUEUE: z.string().min(1).default('holdfast'),
  HOLDFAST_API_PORT: port.default(4000),
  /** Address that the API listens on. */
  HOLDFAST_API_HOST: z.string().default('127.0.0.1'),
  /** Keys that may call the API, separated by commas. */
  HOLDFAST_API_KEYS: z
    .string()
    .default('')
    .transform((keys) => keys.split(',').map((key) => key.trim()).filter(Boolean)),
  /** Where people reach the Temporal UI, for links. */
  TEMPORAL_UI_URL: url.optional(),

  STRIPE_API_KEY: z.string().min(1),
  /** Another host that speaks Stripe's API: the sandbox. */
  STRIPE_API_BASE: url.optional(),
  STRIPE_WEBHOOK_SECRET: z.string().min(1),
  POSTMARK_SERVER_TOKEN: z.string().min(1),
  POSTMARK_API_BASE: url.optional(),
  /** Sender of mails, an address or `Name <address>`. */
  MAIL_FROM: z.string().min(3).default('Learnwell <billing@learnwell.example>'),
  /** A mailbox that a person reads. */
  MAIL_REPLY_TO: z.email().default('help@learnwell.example'),
  TWILIO_ACCOUNT_SID: z.string().min(1),
  TWILIO_AUTH_TOKEN: z.string().min(1),
  TWILIO_API_BASE: url.optional(),
  /** Sender of texts, E.164, or a Messaging Service id `MG…`. */
  TWILIO_FROM: z.string().min(2).default('+15005550006'),

  /** The company that customers know. */
  COMPANY_NAME: z.string().min(1).default('Learnwell'),
  COMPANY_ADDRESS: z.string().optional(),
  /** Accent colour of mails, `#rrggbb`. */
  COMPANY_ACCENT: z.string().regex(/^#[0-9a-fA-F]{6}$/, 'a colour such as #0b6b5d').default('#0b6b5d'),
  /** Where a customer manages the subscription when no invoice is open. */
  COMPANY_ACCOUNT_URL: url.default('https://learnwell.example/account'),
});

export type Environment = z.output<typeof schema>;

/** @throws ConfigError with one line for each variable that is missing or wrong. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return env[name] === undefined ? `${name} is not set: ${message}` : `${name} is wrong: ${message}`;
  });
  throw new ConfigError(lines.join('\n'));
}
