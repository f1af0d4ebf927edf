/** Teaches a Temporal namespace the search attributes that Holdfast writes; the same way for every server. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Connection, isGrpcServiceError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { SetupError } from './setup-error.ts';

const types = proto.temporal.api.enums.v1.IndexedValueType;
const typeNumbers = {
  Keyword: types.INDEXED_VALUE_TYPE_KEYWORD,
  KeywordList: types.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  Text: types.INDEXED_VALUE_TYPE_TEXT,
  Int: types.INDEXED_VALUE_TYPE_INT,
  Double: types.INDEXED_VALUE_TYPE_DOUBLE,
  Bool: types.INDEXED_VALUE_TYPE_BOOL,
  Datetime: types.INDEXED_VALUE_TYPE_DATETIME,
};

export type SearchAttributeType = keyof typeof typeNumbers;
export type SearchAttributes = Record<string, SearchAttributeType>;

const grpc = { invalidArgument: 3, alreadyExists: 6 };
const patienceMs = 30_000;

/**
 * Registers those of `attributes` that are missing, and resolves when a workflow may be started with them.
 * Throws a SetupError when one exists with another type, or the server does not let us register (Temporal Cloud).
 */
export async function ensureSearchAttributes(
  { operatorService, workflowService }: Pick<Connection, 'operatorService' | 'workflowService'>,
  namespace: string,
  attributes: SearchAttributes,
): Promise<void> {
  try {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    const searchAttributes = missingFrom(customAttributes, attributes, namespace);
    if (Object.keys(searchAttributes).length > 0) {
      await operatorService.addSearchAttributes({ namespace, searchAttributes }).catch((error: unknown) => {
        // Two processes that start together both find it missing.
        if (!isGrpcServiceError(error) || error.code !== grpc.alreadyExists) throw error;
      });
    }
    // The server lists them at once but refuses them until its caches are refreshed, about half a second later: a query
    // that names them is refused just as long.
    const query = Object.keys(attributes)
      .map((name) => `${name} IS NULL`)
      .join(' AND ');
    await untilNotInvalid(() => workflowService.countWorkflowExecutions({ namespace, query }));
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    const list = Object.entries(attributes).map(([name, type]) => `${name} (${type})`);
    throw new SetupError(
      `search attributes could not be registered in namespace ${namespace} (${error.details}): ` +
        `register them with the tools of your Temporal service: ${list.join(', ')}`,
    );
  }
}

async function untilNotInvalid(call: () => Promise<unknown>): Promise<void> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      await call();
      return;
    } catch (error) {
      if (!isGrpcServiceError(error) || error.code !== grpc.invalidArgument || Date.now() > until) throw error;
      await pause(50);
    }
  }
}

function missingFrom(
  present: Record<string, number>,
  wanted: SearchAttributes,
  namespace: string,
): Record<string, number> {
  const missing: Record<string, number> = {};
  for (const [name, type] of Object.entries(wanted)) {
    const found = present[name];
    if (found === undefined) missing[name] = typeNumbers[type];
    else if (found !== typeNumbers[type]) {
      throw new SetupError(
        `search attribute ${name} of namespace ${namespace} is a ${nameOf(found)}, Holdfast needs a ${type}: ` +
          `use another namespace (TEMPORAL_NAMESPACE), or remove it with "temporal operator search-attribute remove --name ${name}"`,
      );
    }
  }
  return missing;
}

function nameOf(typeNumber: number): string {
  const known = Object.entries(typeNumbers).find(([, number]) => number === typeNumber);
  return known ? known[0] : `type ${typeNumber}`;
}
