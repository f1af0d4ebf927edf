/** Tells Temporal which errors to try again and when, from the errors that ports throw. */
import { ApplicationFailure } from '@temporalio/common';
import { FinalError, TryLaterError } from '../src/core/ports.ts';

/** The activity with its errors translated: final ones are not retried, "try later" waits as long as the provider asked. */
export function withFailures<A extends unknown[], R>(activity: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  return async (...args) => {
    try {
      return await activity(...args);
    } catch (error) {
      throw translated(error);
    }
  };
}

function translated(error: unknown): unknown {
  if (error instanceof FinalError) return ApplicationFailure.create({ message: error.message, type: error.reason, nonRetryable: true, cause: error });
  if (error instanceof TryLaterError) return ApplicationFailure.create({ message: error.message, type: 'try-later', nextRetryDelay: `${error.afterSeconds}s`, cause: error });
  return error;
}
