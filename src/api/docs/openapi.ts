/** The OpenAPI 3.1 document, made from the very schemas that requests are read by. */
import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import type { z } from 'zod';
import { problemTypes, type ProblemType } from '../problem-types.ts';
import {
  callCompletion,
  callCompletionAnswer,
  callTaskPath,
  callTasksAnswer,
  callTasksQuery,
} from '../schemas/call-tasks.ts';
import { enrolment, subscriptionPath } from '../schemas/enrolment.ts';
import { healthAnswer, policiesAnswer, problemAnswer } from '../schemas/others.ts';
import { paymentMethodReport, paymentReport, reportAnswer } from '../schemas/reports.ts';
import { agendaAnswer, subscriptionView, timelineAnswer, timelineQuery } from '../schemas/subscriptions.ts';

interface Operation {
  method: 'get' | 'put' | 'post';
  path: string;
  summary: string;
  description?: string;
  tag: 'Subscriptions' | 'Call tasks' | 'Policies' | 'Service';
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Status → what it means and what comes back. */
  answers: Record<number, [meaning: string, schema: z.ZodType]>;
  problems?: ProblemType[];
  /** Needs no key. */
  open?: true;
}

const reportAnswers = (schema: z.ZodType): Operation['answers'] => ({
  200: ['Decided: `meaning` says what it meant.', schema],
  202: ['Recorded, not decided yet: no worker runs at this moment.', schema],
});

const operations: Operation[] = [
  {
    method: 'put',
    path: '/v1/subscriptions/{id}',
    tag: 'Subscriptions',
    summary: 'Enrol a subscription',
    description:
      'The same request again changes nothing; one with other terms is refused and the differences are named.',
    params: subscriptionPath,
    body: enrolment,
    answers: {
      200: ['It was enrolled before, on the same terms.', subscriptionView],
      201: ['Enrolled.', subscriptionView],
    },
    problems: ['subscription-conflict'],
  },
  {
    method: 'get',
    path: '/v1/subscriptions/{id}',
    tag: 'Subscriptions',
    summary: 'Where a subscription stands, what comes next and why',
    params: subscriptionPath,
    answers: { 200: ['As of the newest decision.', subscriptionView] },
    problems: ['unknown-subscription'],
  },
  {
    method: 'get',
    path: '/v1/subscriptions/{id}/agenda',
    tag: 'Subscriptions',
    summary: 'Everything still to come if nothing new happens',
    params: subscriptionPath,
    answers: { 200: ['Soonest first.', agendaAnswer] },
    problems: ['unknown-subscription'],
  },
  {
    method: 'get',
    path: '/v1/subscriptions/{id}/timeline',
    tag: 'Subscriptions',
    summary: 'Everything that happened, each decision with its reason',
    params: subscriptionPath,
    query: timelineQuery,
    answers: { 200: ['Oldest first.', timelineAnswer] },
    problems: ['unknown-subscription'],
  },
  {
    method: 'post',
    path: '/v1/subscriptions/{id}/payments',
    tag: 'Subscriptions',
    summary: 'Report a payment that was made or failed elsewhere',
    description: '`reference` makes it idempotent.',
    params: subscriptionPath,
    body: paymentReport,
    answers: reportAnswers(reportAnswer),
    problems: ['unknown-subscription', 'subscription-ended', 'payment-conflict'],
  },
  {
    method: 'post',
    path: '/v1/subscriptions/{id}/payment-method',
    tag: 'Subscriptions',
    summary: 'Report that the customer has another payment method',
    description: 'An open case is tried again with it at once.',
    params: subscriptionPath,
    body: paymentMethodReport,
    answers: reportAnswers(reportAnswer),
    problems: ['unknown-subscription', 'subscription-ended', 'payment-conflict'],
  },
  {
    method: 'get',
    path: '/v1/call-tasks',
    tag: 'Call tasks',
    summary: 'Calls that a person must make',
    query: callTasksQuery,
    answers: { 200: ['The soonest due first.', callTasksAnswer] },
  },
  {
    method: 'post',
    path: '/v1/call-tasks/{id}/complete',
    tag: 'Call tasks',
    summary: 'Tell how a call went',
    params: callTaskPath,
    body: callCompletion,
    answers: reportAnswers(callCompletionAnswer),
    problems: ['unknown-call-task', 'call-task-closed'],
  },
  {
    method: 'get',
    path: '/v1/policies',
    tag: 'Policies',
    summary: 'The policies that may be chosen',
    answers: { 200: ['By id.', policiesAnswer] },
  },
  {
    method: 'get',
    path: '/health',
    tag: 'Service',
    summary: 'Which parts can be reached',
    answers: { 200: ['The API answers.', healthAnswer] },
    open: true,
  },
];

export function openApiDocument(): ReturnType<OpenApiGeneratorV31['generateDocument']> {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'One of HOLDFAST_API_KEYS.',
  });
  for (const operation of operations) registry.registerPath(route(operation));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version: '1',
      description:
        'Start subscriptions, report what happened, read what comes next and why. Every request may be sent again safely. Errors are RFC 9457 problems.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
  });
}

function route({
  method,
  path,
  tag,
  summary,
  description,
  params,
  query,
  body,
  answers,
  problems = [],
  open,
}: Operation): RouteConfig {
  const common: ProblemType[] = open
    ? []
    : ['invalid-field', 'missing-key', 'unavailable', ...(body ? bodyProblems : [])];
  return {
    method,
    path,
    tags: [tag],
    summary,
    ...(description && { description }),
    security: open ? [] : [{ apiKey: [] }],
    request: {
      ...(params && { params }),
      ...(query && { query }),
      ...(body && { body: { required: true, content: { 'application/json': { schema: body } } } }),
    },
    responses: { ...answered(answers), ...refused([...common, ...problems]) },
  };
}

const bodyProblems: ProblemType[] = ['malformed-json', 'too-large', 'unsupported-media-type'];

function answered(answers: Operation['answers']): RouteConfig['responses'] {
  return Object.fromEntries(
    Object.entries(answers).map(([status, [description, schema]]) => [
      status,
      { description, content: { 'application/json': { schema } } },
    ]),
  );
}

/** One response a status, with an example for each type of problem that has it. */
function refused(types: ProblemType[]): RouteConfig['responses'] {
  const statuses = [...new Set(types.map((type) => problemTypes[type].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const here = types.filter((type) => problemTypes[type].status === status);
      const examples = Object.fromEntries(here.map((type) => [type, { value: problemExample(type) }]));
      const description = here.map((type) => `${problemTypes[type].title}.`).join(' ');
      return [status, { description, content: { 'application/problem+json': { schema: problemAnswer, examples } } }];
    }),
  );
}

function problemExample(type: ProblemType): object {
  const { status, title, advice } = problemTypes[type];
  const instance = 'urn:uuid:6f1c1a52-2b0c-4f5e-9d58-0c4a8a7b3f11';
  const errors = [
    { pointer: '/plan/amountMinor', detail: 'must be a whole number of minor units, more than 0', in: 'body' },
  ];
  const differences = [{ pointer: '/plan/amountMinor', stored: 4900, asked: 5900 }];
  return {
    type: `/problems/${type}`,
    title,
    status,
    detail: advice,
    instance,
    ...(type === 'invalid-field' && { errors }),
    ...(type === 'subscription-conflict' && { differences }),
  };
}
