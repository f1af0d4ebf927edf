/** What an error means to the caller: his own mistake, something that is away for now, or a mistake of ours. */
import { isGrpcServiceError, ServiceError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { Problem, unavailable } from './problems.ts';

/** The problem to answer with; an error that nobody foresaw becomes `internal-error`. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return (
    requestProblem(error) ??
    awayProblem(error) ??
    new Problem('internal-error', 'Something went wrong that should not have.', { cause: error })
  );
}

/** Errors of express and its body parsers carry a status, and mostly a type. */
function requestProblem(error: unknown): Problem | undefined {
  const { status, type } = error as { status?: unknown; type?: unknown };
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  if (error instanceof URIError)
    return new Problem('malformed-address', 'The path holds a "%" that begins no UTF-8 character.');
  if (status === 413) return new Problem('too-large', 'The body has more than 100 kB.');
  if (status === 415)
    return new Problem('unsupported-media-type', 'This charset or content encoding is not read here: send UTF-8.');
  if (type === 'entity.parse.failed') return new Problem('malformed-json', 'The body is not JSON that can be read.');
  return new Problem('malformed-json', 'The body broke off or is not encoded as its headers say.');
}

function awayProblem(error: unknown): Problem | undefined {
  if (isLedgerAway(error)) return unavailable('The database cannot be reached.', 5, error);
  if (isTemporalAway(error)) return unavailable('Temporal cannot be reached or answers too slowly.', 5, error);
  return undefined;
}

/** gRPC: cancelled, deadline exceeded, resource exhausted, aborted, unavailable. */
const passingGrpcCodes = [1, 4, 8, 10, 14];

function isTemporalAway(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && passingGrpcCodes.includes(cause.code);
}

const networkCodes = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
];
/** PostgreSQL: connection lost, too many connections, shutting down or starting up. */
const awaySqlStates = /^(08...|53300|57P0[1-3])$/;

function isLedgerAway(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return networkCodes.includes(code) || awaySqlStates.test(code);
  // pg throws these two without a code when the server goes away between two queries.
  return /^Connection terminated|timeout exceeded when trying to connect/.test(String(message));
}
