/** Policies, problems and health. */
import { z } from 'zod';

export const policiesAnswer = z
  .object({
    policies: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        suits: z.string().meta({ description: 'Whom it suits.' }),
        version: z.int().meta({ description: 'The version that new cases are pinned to.' }),
      }),
    ),
  })
  .meta({ id: 'Policies' });

export const problemAnswer = z
  .object({
    type: z.string().meta({ description: 'Stable; its page says what to do.', format: 'uri-reference' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'Id of this request, as in the log and in X-Request-Id.', format: 'uri' }),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string(), in: z.enum(['body', 'query', 'path']) }))
      .optional()
      .meta({ description: 'Fields that are missing or wrong.' }),
    differences: z
      .array(z.object({ pointer: z.string(), stored: z.unknown().optional(), asked: z.unknown().optional() }))
      .optional()
      .meta({ description: 'Fields in which this request differs from the one that is stored.' }),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457 problem details.',
    example: {
      type: '/problems/invalid-field',
      title: 'A field is missing or wrong',
      status: 400,
      detail: 'body /plan/amountMinor must be a whole number of minor units, more than 0',
      instance: 'urn:uuid:6f1c1a52-2b0c-4f5e-9d58-0c4a8a7b3f11',
      errors: [
        { pointer: '/plan/amountMinor', detail: 'must be a whole number of minor units, more than 0', in: 'body' },
      ],
    },
  });

export const healthAnswer = z
  .object({
    status: z
      .enum(['ok', 'degraded'])
      .meta({ description: '`degraded`: a part is away; what does not need it is still answered.' }),
    ledger: z.enum(['up', 'away']),
    temporal: z.enum(['up', 'away']),
  })
  .meta({ id: 'Health' });
