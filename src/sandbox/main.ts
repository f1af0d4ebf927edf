/** The sandbox as a process of its own. Reads HOLDFAST_SANDBOX_PORT, HOLDFAST_SANDBOX_DATA, STRIPE_WEBHOOK_URL and _SECRET. */
import { z } from 'zod';
import { type Sandbox, startSandbox } from './server.ts';

const environment = z.object({
  HOLDFAST_SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(4100),
  HOLDFAST_SANDBOX_DATA: z.string().min(1).optional(),
  STRIPE_WEBHOOK_URL: z.url().optional(),
  STRIPE_WEBHOOK_SECRET: z.string().min(1).optional(),
});

async function main(): Promise<Sandbox> {
  const parsed = environment.safeParse(process.env);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new Error(`${issue.path.join('.')} cannot be used: ${issue.message}`);
  }
  const env = parsed.data;
  const { STRIPE_WEBHOOK_URL: url, STRIPE_WEBHOOK_SECRET: secret } = env;
  if (url && !secret)
    throw new Error('STRIPE_WEBHOOK_URL is set, so STRIPE_WEBHOOK_SECRET must be too: events go out signed');
  return startSandbox({
    port: env.HOLDFAST_SANDBOX_PORT,
    ...(env.HOLDFAST_SANDBOX_DATA && { dataFile: env.HOLDFAST_SANDBOX_DATA }),
    ...(url && secret && { stripeWebhook: { url, secret } }),
  });
}

try {
  const sandbox = await main();
  console.log(`sandbox: listening on ${sandbox.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
  }
} catch (error) {
  const { code, message, port } = error as { code?: string; message: string; port?: number };
  const taken = `port ${port} is taken; set HOLDFAST_SANDBOX_PORT to a free one`;
  console.error(`sandbox: ${code === 'EADDRINUSE' ? taken : message}`);
  process.exit(1);
}
