/**
 * The contract check: every Stripe request is sent on to a stripe-mock too, which knows Stripe's published
 * specification. What the sandbox accepted and stripe-mock refuses is a violation, by us or by our caller.
 */

export interface ContractCheck {
  violations: string[];
  /** `status` is what the sandbox answered. */
  check(request: { method: string; url: string; authorization: string; body: string }, status: number): Promise<void>;
}

export function contractCheck(baseUrl: string | undefined): ContractCheck {
  const violations: string[] = [];
  return {
    violations,
    async check(request, status) {
      if (baseUrl === undefined || (status >= 400 && status !== 402)) return;
      const answer = await fetch(`${baseUrl}${request.url}`, {
        method: request.method,
        headers: { authorization: request.authorization, 'content-type': 'application/x-www-form-urlencoded' },
        ...(request.method === 'POST' && { body: request.body }),
      });
      const said = await answer.text();
      if (answer.status >= 400)
        violations.push(`${request.method} ${request.url} ${request.body}: ${answer.status} ${said}`);
    },
  };
}
