/** The kinds of refusal, each under a stable type that programs may tell apart and people may read about. */

interface ProblemKind {
  status: number;
  title: string;
  /** For the page under the type's address: what to do. */
  advice: string;
}

export const problemTypes = {
  'invalid-field': {
    status: 400,
    title: 'A field is missing or wrong',
    advice: 'Each entry of "errors" names one field by its JSON Pointer and says what it must be. Mend those fields.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    advice: 'Send one JSON object in UTF-8.',
  },
  'malformed-address': {
    status: 400,
    title: 'The address cannot be read',
    advice: 'Percent-encode the path: every "%" must be followed by two hexadecimal digits that make up UTF-8.',
  },
  'untrusted-event': {
    status: 400,
    title: 'The webhook event is not believed',
    advice:
      'The signature must be made with this endpoint’s secret and be no older than five minutes. Nothing was kept.',
  },
  'missing-key': {
    status: 401,
    title: 'A valid API key is needed',
    advice: 'Send "Authorization: Bearer <key>" with one of the keys in HOLDFAST_API_KEYS.',
  },
  'unknown-address': {
    status: 404,
    title: 'There is nothing at this address',
    advice: 'The addresses that exist are listed at /docs.',
  },
  'unknown-subscription': {
    status: 404,
    title: 'There is no such subscription',
    advice: 'Enrol it first with PUT /v1/subscriptions/{id}.',
  },
  'unknown-call-task': {
    status: 404,
    title: 'There is no such call task',
    advice: 'The tasks that exist are listed by GET /v1/call-tasks.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The address does not take this method',
    advice: 'The header Allow lists the methods that it takes.',
  },
  'subscription-conflict': {
    status: 409,
    title: 'The subscription is enrolled with other terms',
    advice: 'Each entry of "differences" names a field with the stored and the asked value. Nothing was changed.',
  },
  'payment-conflict': {
    status: 409,
    title: 'Another payment was reported under this reference',
    advice: 'A reference names one payment for ever. Send the same content again, or another reference.',
  },
  'subscription-ended': {
    status: 409,
    title: 'The subscription has ended',
    advice:
      'Nothing more can be reported for it. Refund at the biller what came in too late, or enrol under another id.',
  },
  'call-task-closed': {
    status: 409,
    title: 'The call task is closed',
    advice: 'It was completed by somebody else or withdrawn because there is nothing left to call about.',
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    advice: 'No request needs more than 100 kB.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is of a type that is not read here',
    advice: 'Send "Content-Type: application/json", not compressed or by gzip, deflate or br.',
  },
  'internal-error': {
    status: 500,
    title: 'Holdfast made a mistake',
    advice: 'Report the request id in "instance": the log tells more under it.',
  },
  unavailable: {
    status: 503,
    title: 'A part of Holdfast is away',
    advice: 'Send the same request again after the seconds in Retry-After. Every request may be repeated safely.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemType = keyof typeof problemTypes;

export function isProblemType(text: string): text is ProblemType {
  return Object.hasOwn(problemTypes, text);
}
