/**
 * Calls `stop` at the first wish to end (Ctrl-C, a closed terminal, `kill`). A second wish ends this process at once; the
 * guardian then ends what is left. What arrives within a second of the first is the same wish: the terminal, npm and
 * bootstrap.mjs may each deliver it.
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): void {
  let firstAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (firstAt === undefined) {
        firstAt = Date.now();
        stop(signal);
      } else if (Date.now() - firstAt > 1000) {
        process.exit(1);
      }
    });
  }
}
