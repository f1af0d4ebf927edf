/** Tells Temporal which errors to try again and when, from the errors that ports throw. */
import { ApplicationFailure } from '@temporalio/common';
import { FinalError, TryLaterError } from '../src/core/ports.ts';

type Activity<A extends unknown[], R> = (...args: A) => Promise<R>;

/** The activity with its errors translated: final ones are not retried, "try later" waits as long as the provider asked. */
export function withFailures<A extends unknown[], R>(activity: Activity<A, R>): Activity<A, R> {
  return translating(activity, ({ reason, message }) => ApplicationFailure.nonRetryable(message, reason));
}

/**
 * As {@link withFailures}, but for money: what only the company can mend, such as a wrong key, must never become the
 * customer's failed payment. It is tried again every quarter of an hour, and shows as a failing activity until then.
 */
export function untilMended<A extends unknown[], R>(activity: Activity<A, R>): Activity<A, R> {
  return translating(activity, ({ reason: type, message }) =>
    ApplicationFailure.create({ message, type, nextRetryDelay: '15m' }),
  );
}

function translating<A extends unknown[], R>(
  activity: Activity<A, R>,
  final: (error: FinalError) => Error,
): Activity<A, R> {
  return async (...args) => {
    try {
      return await activity(...args);
    } catch (error) {
      if (error instanceof FinalError) throw final(error);
      if (!(error instanceof TryLaterError)) throw error;
      const { message, afterSeconds } = error;
      throw ApplicationFailure.create({ message, type: 'try-later', nextRetryDelay: `${afterSeconds}s` });
    }
  };
}
