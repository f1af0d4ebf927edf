/**
 * Events on their way out, signed as Stripe signs them, at least once: an event stays queued, on disk too, until the
 * endpoint has answered with 2xx. No answer of the API ever waits for this.
 */
import { createHmac } from 'node:crypto';
import type { Event, SandboxStore } from '../tables.ts';
import { API_VERSION } from './call.ts';

const MINUTE = 60_000;
/** A few quick tries, then every minute for an hour. A restart of the sandbox begins anew. */
const WAITS_MS = [0, 1_000, 5_000, 15_000, ...Array.from({ length: 60 }, () => MINUTE)];
const AT_ONCE = 4;
const TIMEOUT_MS = 10_000;

export interface Webhooks {
  /** Looks for queued events; cheap, to be called after every commit. */
  wake(): void;
  stop(): void;
}

export function startWebhooks(store: SandboxStore, target: { url: string; secret: string }): Webhooks {
  const tries = new Map<string, { count: number; notBefore: number }>();
  const running = new Set<string>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  function wake(): void {
    clearTimeout(timer);
    if (stopping.signal.aborted) return;
    let next = Infinity;
    for (const { id } of store.all('delivery')) {
      if (running.has(id)) continue;
      const due = dueAt(tries.get(id));
      if (due > Date.now()) next = Math.min(next, due);
      else if (running.size < AT_ONCE) void attempt(id);
    }
    if (next < Infinity) timer = setTimeout(wake, next - Date.now()).unref();
  }

  async function attempt(id: string): Promise<void> {
    const event = store.find('event', id);
    running.add(id);
    const taken = !event || (await post(event, target, stopping.signal));
    running.delete(id);
    if (stopping.signal.aborted) return;
    if (taken) settle(id, event);
    else {
      const count = (tries.get(id)?.count ?? 0) + 1;
      tries.set(id, { count, notBefore: Date.now() + (WAITS_MS[count] ?? Infinity) });
    }
    wake();
  }

  function settle(id: string, event: Event | undefined): void {
    tries.delete(id);
    store.transaction(() => {
      store.remove('delivery', id);
      if (event) store.put('event', { ...event, pending_webhooks: 0 });
    });
  }

  wake();
  return {
    wake,
    stop: () => {
      stopping.abort();
      clearTimeout(timer);
    },
  };
}

function dueAt(tried: { notBefore: number } | undefined): number {
  return tried?.notBefore ?? 0;
}

async function post(event: Event, target: { url: string; secret: string }, stop: AbortSignal): Promise<boolean> {
  const payload = JSON.stringify(event, null, 2);
  try {
    const answer = await fetch(target.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': signature(payload, target.secret),
        'stripe-version': API_VERSION,
      },
      body: payload,
      redirect: 'manual',
      signal: AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/** docs.stripe.com/webhooks/signature: HMAC-SHA256 of `<seconds>.<body>` with the whole `whsec_…` text as key. */
function signature(payload: string, secret: string): string {
  const seconds = Math.floor(Date.now() / 1000);
  const hex = createHmac('sha256', secret).update(`${seconds}.${payload}`).digest('hex');
  return `t=${seconds},v1=${hex}`;
}
