import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from './setup-error.ts';

/** The user's folder for what can be had again, made when missing: here lie the Temporal servers that were fetched or built. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const usual = process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
  const folder = join(env.XDG_CACHE_HOME || usual, 'holdfast');
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new SetupError(
      `${folder} cannot be made (${(error as NodeJS.ErrnoException).code}): set XDG_CACHE_HOME to a folder that can be written`,
    );
  }
  return folder;
}
