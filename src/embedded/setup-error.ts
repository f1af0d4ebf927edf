/** Something outside Holdfast must change before it can start: the message alone, in one line, says what and how. */
export class SetupError extends Error {
  override name = 'SetupError';
}
