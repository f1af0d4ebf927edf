/** Whatever is sent to any address: never a 5xx, and every refusal is a problem that names what is wrong. */
import { request as httpRequest } from 'node:http';
import fc from 'fast-check';
import { problemAnswer } from '../../src/api/schemas/others.ts';
import { anEnrolment, id } from './bodies.ts';
import { apiKey, startApi, type Answer, type RunningApi } from './running-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
  await api.call('PUT', `/v1/subscriptions/${id('sub_1')}`, anEnrolment());
});
afterAll(() => api.stop());

const payment = { outcome: 'paid', reference: 'pi_1', amountMinor: 4900, currency: 'EUR', at: '2026-01-01T00:00:00Z' };
const routes: [method: string, path: string, body?: object][] = [
  ['PUT', '/v1/subscriptions/:id', anEnrolment()],
  ['GET', '/v1/subscriptions/:id'],
  ['GET', '/v1/subscriptions/:id/agenda'],
  ['GET', '/v1/subscriptions/:id/timeline'],
  ['POST', '/v1/subscriptions/:id/payments', payment],
  ['POST', '/v1/subscriptions/:id/payments', { outcome: 'failed', reference: 'pi_1', declineCode: 'lost_card' }],
  ['POST', '/v1/subscriptions/:id/payment-method', { paymentMethod: 'pm_1' }],
  ['GET', '/v1/call-tasks'],
  ['POST', '/v1/call-tasks/:id/complete', { outcome: 'will-pay', promisedFor: '2027-01-01', note: 'x' }],
  ['GET', '/v1/policies'],
  ['POST', '/webhooks/stripe', { id: 'evt_1' }],
  ['GET', '/problems/:id'],
];

/** Values that no field of any body takes, among them those that trip parsers, databases and date arithmetic. */
const nonsense = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    [],
    {},
    -1,
    0.5,
    1e308,
    Number.MAX_SAFE_INTEGER,
    '',
    '\u0000',
    'x\u0000y',
    '\ud800',
    ' ',
    'a'.repeat(5000),
  ),
  fc.constantFrom<unknown>(
    '0000-01-01',
    '2027-13-01',
    '+275760-09-13',
    '-000001-01-01',
    '9999-12-31T23:59:60Z',
    '2020-01-01T00:00[Europe/Rome]',
  ),
  fc.constantFrom<unknown>({ __proto__: null, constructor: 1 }, JSON.parse('{"__proto__":{"x":1}}'), [[[[[]]]]], {
    toString: 'x',
  }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((text) => `\u0000${text}`),
  fc.object({ maxDepth: 2 }),
);

/** The body with one field, however deep, replaced by nonsense, left out or added. */
function spoilt(body: object): fc.Arbitrary<unknown> {
  const paths = pathsOf(body);
  const replaced = fc.tuple(fc.constantFrom(...paths), nonsense).map(([path, value]) => withValue(body, path, value));
  const added = fc
    .tuple(fc.string({ minLength: 1 }), nonsense)
    .map(([key, value]) => ({ ...body, [`x${key}`]: value }));
  return fc.oneof(replaced, replaced, added, nonsense);
}

function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsOf(inner).map((rest) => [key, ...rest])]);
}

function withValue(body: unknown, [first, ...rest]: string[], value: unknown): unknown {
  if (first === undefined) return value;
  const record = body as Record<string, unknown>;
  return { ...record, [first]: withValue(record[first], rest, value) };
}

function expectClear(answer: Answer, sent: unknown): void {
  const context = JSON.stringify(sent)?.slice(0, 300);
  expect([answer.status, context]).toEqual([expect.any(Number), context]);
  if (answer.status >= 500) throw new Error(`${answer.status} for ${context}: ${answer.text}`);
  if (answer.status < 400) return;
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = problemAnswer.parse(answer.body);
  if (problem.type === '/problems/invalid-field') expect(problem.errors?.length).toBeGreaterThan(0);
}

describe('garbage', () => {
  it.each(routes.filter(([, , body]) => body !== undefined))(
    'in the body of %s %s is refused by its field',
    async (method, path, body) => {
      const address = path.replace(':id', id('sub_1'));
      await fc.assert(
        fc.asyncProperty(spoilt(body!), async (sent) => {
          // What leaves the field out of the JSON, or is what was sent before, may pass.
          expectClear(await api.call(method, address, JSON.stringify(sent) ?? 'undefined'), sent);
        }),
        { numRuns: 60 },
      );
    },
    60_000,
  );

  it('that is no JSON at all is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...routes), fc.string({ unit: 'binary' }), async ([method, path], text) => {
        if (method === 'GET') return;
        expectClear(await api.call(method, path.replace(':id', id('sub_1')), text), text);
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it('in the address or the query is refused', async () => {
    const hostile = fc.constantFrom(
      '%',
      '%00',
      '%ff',
      '%c0%af',
      '..%2f..',
      '%F0%9F%92%B3',
      '__proto__',
      'constructor',
      '-',
      'a'.repeat(3000),
    );
    const segment = fc.oneof(hostile, fc.string().map(encodeURIComponent));
    const query = fc.oneof(
      fc.constantFrom(
        '',
        '?',
        '?limit=',
        '?limit=-1',
        '?limit=9999999999999999999',
        '?after=1&after=2',
        '?limit[]=1',
        '?status=%00',
        '?after=%E0%A4%A',
      ),
      fc
        .tuple(fc.string(), fc.string())
        .map(([key, value]) => `?${encodeURIComponent(key)}=${encodeURIComponent(value)}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...routes), segment, query, async ([method, path, body], part, search) => {
        const address = path.replace(':id', part) + search;
        expectClear(await raw(method, address, body), address);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('in methods and headers is refused', async () => {
    const method = fc.constantFrom('DELETE', 'PATCH', 'PUT', 'POST', 'OPTIONS', 'HEAD', 'PROPFIND');
    const header = fc.constantFrom<Record<string, string>>(
      { 'content-type': 'text/plain' },
      { 'content-type': ';;;' },
      { 'content-encoding': 'zip' },
      { 'transfer-encoding': 'chunked' },
      { 'stripe-signature': 't=1,v1=00' },
      { 'stripe-signature': 't=,v1=,,' },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...routes), method, header, async ([, path], verb, headers) => {
        const answer = await raw(verb, path.replace(':id', 'sub_none'), undefined, headers);
        if (verb !== 'HEAD') expectClear(answer, [verb, path, headers]);
        else expect(answer.status).toBeLessThan(500);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

/** By node:http, for fetch mends addresses before it sends them. */
function raw(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const all = {
    authorization: `Bearer ${apiKey}`,
    ...(payload && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api.url);
    const sent = httpRequest({ hostname, port, method, path, headers: all }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = (response.headers['content-type'] ?? '').includes('json');
        const answered = new Headers({ 'content-type': response.headers['content-type'] ?? '' });
        resolve({
          status: response.statusCode!,
          headers: answered,
          text,
          body: isJson && text ? JSON.parse(text) : undefined,
        });
      });
    });
    sent.on('error', reject);
    sent.end(payload);
  });
}
