/** Says what takes long, and stays silent about what does not. */

interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
}

/**
 * Runs `work`; when it takes longer than two seconds, prints `label …` with the seconds gone by (in place on a
 * terminal, a line every 15 s otherwise) and how long it took at the end.
 *
 * @param work may call `say` with what it is doing right now, shown behind the label
 */
export async function withProgress<Result>(
  label: string,
  work: (say: (detail: string) => void) => Promise<Result>,
  {
    output = process.stderr,
    silentMs = 2000,
    lineEveryMs = 15_000,
  }: { output?: Output; silentMs?: number; lineEveryMs?: number } = {},
): Promise<Result> {
  const startedAt = Date.now();
  const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  let detail = '';
  let ticking: NodeJS.Timeout | undefined;
  const show = () => {
    const line = `${label} … ${seconds()}${detail && `  ${detail}`}`;
    output.write(output.isTTY ? `\r\x1b[2K${line.slice(0, 110)}` : `${line}\n`);
  };
  const firstWord = setTimeout(() => {
    show();
    ticking = setInterval(show, output.isTTY ? 1000 : lineEveryMs);
  }, silentMs);
  const end = (outcome: string) => {
    clearTimeout(firstWord);
    if (!ticking) return;
    clearInterval(ticking);
    output.write(`${output.isTTY ? '\r\x1b[2K' : ''}${label}: ${outcome} ${seconds()}\n`);
  };
  try {
    const result = await work((text) => (detail = text));
    end('done in');
    return result;
  } catch (error) {
    end('failed after');
    throw error;
  }
}
