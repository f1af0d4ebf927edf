/** The folder that keeps everything between two runs: opened by one process at a time, and only in a version it understands. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { endLeftovers, forgetRecord } from './guard.ts';
import { jsonText } from './json-text.ts';
import { takeLock } from './lock.ts';
import { SetupError } from './setup-error.ts';

const dataVersion = 1;
const versionFile = jsonText.pipe(z.object({ dataVersion: z.number().int() }));
const secretsFile = jsonText.pipe(z.object({ apiKey: z.string().min(1), webhookSecret: z.string().min(1) }));

/** Made once for a data folder and kept in it, readable by its owner alone. */
export type Secrets = z.infer<typeof secretsFile>;

export interface DataFolder {
  path: string;
  secrets: Secrets;
  /** The path of something inside. */
  at(...names: string[]): string;
  /** Lets the next process open it; call it last, when everything that writes into it has ended. */
  close(): void;
}

/**
 * Opens the data folder and ends what an earlier, killed run left running in it.
 * Throws a SetupError when another process has it open, a newer Holdfast wrote it, or it is somebody else's folder.
 *
 * @param path (Default: HOLDFAST_DATA, or `.holdfast` in the working directory)
 * @param fresh begins anew: removes everything in it (Default: false)
 */
export async function openDataFolder({
  path = process.env.HOLDFAST_DATA || '.holdfast',
  fresh = false,
}: { path?: string; fresh?: boolean } = {}): Promise<DataFolder> {
  const folder = resolve(path);
  makeFolder(folder);
  checkOwnership(folder);

  const lock = await takeLock(join(folder, 'lock'));
  if ('heldBy' in lock) {
    throw new SetupError(
      `${folder} is in use by process ${lock.heldBy}: stop that one, or set HOLDFAST_DATA to another folder`,
    );
  }
  try {
    await endLeftovers(join(folder, 'processes.json'));
    if (fresh) empty(folder);
    checkVersion(folder);
    const secrets = readOrMakeSecrets(join(folder, 'secrets.json'));
    return {
      path: folder,
      secrets,
      at: (...names) => join(folder, ...names),
      close() {
        forgetRecord();
        lock.release();
      },
    };
  } catch (error) {
    forgetRecord();
    lock.release();
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new SetupError(
      `${folder} cannot be made (${(error as NodeJS.ErrnoException).code}): set HOLDFAST_DATA to another folder`,
    );
  }
}

/** `--fresh` empties the folder: a HOLDFAST_DATA that points at a home folder by mistake must not cost it. */
function checkOwnership(folder: string): void {
  const foreign = readdirSync(folder).filter((name) => !/^lock(\.\d+)?$/.test(name));
  if (foreign.length > 0 && !existsSync(join(folder, 'version.json'))) {
    throw new SetupError(
      `${folder} is not empty and not a data folder of Holdfast (it has no version.json): set HOLDFAST_DATA to another folder`,
    );
  }
}

/** All but the lock that we hold; the version goes last, so that a wipe cut short can be begun again. */
function empty(folder: string): void {
  const names = readdirSync(folder).filter((name) => name !== 'lock' && name !== 'version.json');
  for (const name of [...names, 'version.json']) rmSync(join(folder, name), { recursive: true, force: true });
}

function checkVersion(folder: string): void {
  const file = join(folder, 'version.json');
  if (!existsSync(file)) {
    writeFileSync(file, `${JSON.stringify({ dataVersion })}\n`);
    return;
  }
  const found = versionFile.safeParse(readFileSync(file, 'utf8')).data;
  if (!found) {
    throw new SetupError(
      `${file} is damaged: start with --fresh to begin anew, or set HOLDFAST_DATA to another folder`,
    );
  }
  if (found.dataVersion > dataVersion) {
    throw new SetupError(
      `${folder} was written by a newer Holdfast (data version ${found.dataVersion}, this one reads ${dataVersion}): ` +
        'update Holdfast, start with --fresh, or set HOLDFAST_DATA to another folder',
    );
  }
}

function readOrMakeSecrets(file: string): Secrets {
  if (!existsSync(file)) {
    const secrets = {
      apiKey: `hf_test_${randomBytes(24).toString('base64url')}`,
      webhookSecret: `whsec_${randomBytes(24).toString('base64')}`,
    };
    writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    return secrets;
  }
  const secrets = secretsFile.safeParse(readFileSync(file, 'utf8')).data;
  if (!secrets) throw new SetupError(`${file} is damaged: remove it, and new secrets are made at the next start`);
  return secrets;
}
