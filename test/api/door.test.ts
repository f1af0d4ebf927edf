/** What happens to a request before it reaches a route: keys, addresses, methods, types, sizes; and the open pages. */
import { openApiDocument } from '../../src/api/docs/openapi.ts';
import { anEnrolment } from './bodies.ts';
import { apiKey, request, startApi, type RunningApi } from './running-api.ts';

let api: RunningApi;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.stop());

const uuid = /^urn:uuid:[0-9a-f-]{36}$/;

describe('a request without a valid key', () => {
  it.each([
    ['no header', undefined],
    ['another scheme', `Basic ${apiKey}`],
    ['no key', 'Bearer '],
    ['a wrong key', 'Bearer nope'],
    ['a part of a key', `Bearer ${apiKey.slice(0, -1)}`],
    ['two keys', `Bearer ${apiKey} ${apiKey}`],
  ])('is refused: %s', async (_, authorization) => {
    const { status, headers, body } = await request(
      api.url,
      'GET',
      '/v1/call-tasks',
      undefined,
      authorization ? { authorization } : {},
    );
    expect({ status, type: body.type }).toEqual({ status: 401, type: '/problems/missing-key' });
    expect(headers.get('www-authenticate')).toBe('Bearer realm="holdfast"');
    expect(headers.get('content-type')).toMatch('application/problem+json');
    expect(body.instance).toMatch(uuid);
  });

  it('learns nothing of what exists behind the door', async () => {
    expect((await request(api.url, 'GET', '/v1/nothing')).status).toBe(401);
  });

  it('reads the open pages', async () => {
    for (const path of [
      '/health',
      '/docs',
      '/docs/start.js',
      '/docs/swagger-ui.css',
      '/docs/swagger-ui-bundle.js',
      '/openapi.json',
      '/problems/invalid-field',
    ]) {
      expect([path, (await request(api.url, 'GET', path)).status]).toEqual([path, 200]);
    }
  });
});

describe('a request that is let in', () => {
  it('may use any of the keys', async () => {
    expect((await request(api.url, 'GET', '/v1/policies', undefined, { authorization: 'bearer another' })).status).toBe(
      200,
    );
  });

  it.each<[string, [string, string, unknown?, Record<string, string>?], number, string]>([
    ['an address that is not there', ['GET', '/v1/nothing'], 404, 'unknown-address'],
    ['a subscription that is not there', ['GET', '/v1/subscriptions/sub_none'], 404, 'unknown-subscription'],
    [
      'a call task that is not there',
      ['POST', '/v1/call-tasks/ct_none/complete', { outcome: 'paid' }],
      404,
      'unknown-call-task',
    ],
    ['a method that is not taken', ['DELETE', '/v1/subscriptions/sub_1'], 405, 'method-not-allowed'],
    ['a body that is no JSON', ['PUT', '/v1/subscriptions/sub_1', '{"customer":'], 400, 'malformed-json'],
    [
      'a body of another type',
      ['PUT', '/v1/subscriptions/sub_1', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }],
      415,
      'unsupported-media-type',
    ],
    [
      'a body in another charset',
      ['PUT', '/v1/subscriptions/sub_1', '{}', { 'content-type': 'application/json; charset=latin1' }],
      415,
      'unsupported-media-type',
    ],
    [
      'a body in an unknown encoding',
      ['PUT', '/v1/subscriptions/sub_1', '{}', { 'content-encoding': 'lzma' }],
      415,
      'unsupported-media-type',
    ],
    [
      'a body that is no gzip',
      ['PUT', '/v1/subscriptions/sub_1', '{}', { 'content-encoding': 'gzip' }],
      400,
      'malformed-json',
    ],
    [
      'a body of more than 100 kB',
      ['PUT', '/v1/subscriptions/sub_1', anEnrolment({ customer: { name: 'x'.repeat(101 * 1024) } })],
      413,
      'too-large',
    ],
    ['no body', ['PUT', '/v1/subscriptions/sub_1'], 400, 'invalid-field'],
    ['a percent sign that encodes nothing', ['GET', '/v1/subscriptions/%E0%A4%A'], 400, 'malformed-address'],
    ['U+0000 in the address', ['GET', '/v1/subscriptions/sub%00'], 400, 'invalid-field'],
    ['a query that is not known', ['GET', '/v1/subscriptions/sub_1?full=yes'], 400, 'invalid-field'],
    ['a limit that is no number', ['GET', '/v1/subscriptions/sub_1/timeline?limit=1e3'], 400, 'invalid-field'],
    ['a query that is given twice', ['GET', '/v1/call-tasks?limit=1&limit=2'], 400, 'invalid-field'],
    [
      'an event that nobody signed',
      ['POST', '/webhooks/stripe', { id: 'evt_1', type: 'invoice.paid' }],
      400,
      'untrusted-event',
    ],
  ])('is told about %s', async (_, [method, path, sent, headers], status, type) => {
    const { body, ...answer } = await api.call(method, path, sent, headers);
    expect({ status: answer.status, type: body.type }).toEqual({ status, type: `/problems/${type}` });
    expect(body).toMatchObject({
      status,
      title: expect.any(String),
      detail: expect.any(String),
      instance: expect.stringMatching(uuid),
    });
    if (type === 'invalid-field')
      expect(body.errors[0]).toEqual({
        pointer: expect.any(String),
        detail: expect.any(String),
        in: expect.any(String),
      });
    expect(answer.headers.get('x-request-id')).toBe(body.instance.slice('urn:uuid:'.length));
  });

  it('is told which methods an address takes', async () => {
    const { headers } = await api.call('DELETE', '/v1/subscriptions/sub_1');
    expect(headers.get('allow')).toBe('PUT, GET, HEAD, OPTIONS');
    expect((await api.call('OPTIONS', '/v1/subscriptions/sub_1')).status).toBe(204);
  });

  it('cannot be made by a page of another origin', async () => {
    const { headers } = await api.call('GET', '/v1/policies', undefined, { origin: 'https://evil.example' });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('the policies', () => {
  it('are listed with their newest versions', async () => {
    const { body } = await api.call('GET', '/v1/policies');
    expect(body.policies).toEqual([
      { id: 'cure', title: 'Cure', suits: expect.any(String), version: 1 },
      { id: 'lock', title: 'Lock', suits: expect.any(String), version: 1 },
    ]);
  });
});

describe('the OpenAPI document', () => {
  it('says of every address what it takes, answers and refuses', async () => {
    const { body } = await request(api.url, 'GET', '/openapi.json');
    expect(body).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
    expect(body.openapi).toBe('3.1.0');
    const operations = Object.entries<Record<string, any>>(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    expect(operations.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'put /v1/subscriptions/{id}',
      'get /v1/subscriptions/{id}',
      'get /v1/subscriptions/{id}/agenda',
      'get /v1/subscriptions/{id}/timeline',
      'post /v1/subscriptions/{id}/payments',
      'post /v1/subscriptions/{id}/payment-method',
      'get /v1/call-tasks',
      'post /v1/call-tasks/{id}/complete',
      'get /v1/policies',
      'get /health',
    ]);
    for (const { path, operation } of operations.filter(({ path }) => path.startsWith('/v1'))) {
      expect([path, Object.keys(operation.responses)]).toEqual([
        path,
        expect.arrayContaining(['200', '400', '401', '503']),
      ]);
    }
  });

  it('names every schema that it refers to', () => {
    const document = JSON.stringify(openApiDocument());
    const schemas = Object.keys(openApiDocument().components?.schemas ?? {});
    const used = [...document.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
    expect(schemas).toEqual(expect.arrayContaining([...new Set(used)]));
  });
});
