/** What sending and searching mail share: Postmark's refusals and its addresses. */

/** ErrorCode and HTTP status as Postmark has them. */
export class PostmarkRefusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** `"Anna Bruni" <anna@example.com>` without the name. */
export function bareAddress(address: string): string {
  return (/<([^<>]+)>\s*$/.exec(address)?.[1] ?? address).trim().toLowerCase();
}
