/** A real PostgreSQL of our own: its cluster is made when missing, and what a killed run left does not stand in the way. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Child, startChild, untilReady } from './child.ts';
import { commandLine } from './command-line.ts';
import { endProcesses } from './guard.ts';
import { type PostgresPrograms, postgresPrograms } from './postgres-programs.ts';
import { type PostgresUser, postgresUser } from './postgres-user.ts';
import { SetupError } from './setup-error.ts';

export interface PostgresServer {
  /** Of the database `holdfast`, with its user and password. */
  url: string;
  pid: number;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Holds the cluster; its password lies beside it, in `<dataDir>.password`. */
  dataDir: string;
  port: number;
  logFile: string;
  /** false: for a database that ends with its process; nothing is forced to the disk. (Default: true) */
  durable?: boolean;
}

const user = 'holdfast';
const database = 'holdfast';

/** Starts PostgreSQL on the loopback address; resolves when the database `holdfast` answers. */
export async function startPostgres({
  dataDir,
  port,
  logFile,
  durable = true,
}: PostgresOptions): Promise<PostgresServer> {
  const programs = postgresPrograms();
  const runAs = postgresUser(dataDir, programs.postgres);
  if (!existsSync(dataDir)) await makeCluster(dataDir, programs, runAs);
  checkMajor(dataDir, programs.major);
  await clearTheWay(dataDir);

  const password = readFileSync(passwordFile(dataDir), 'utf8').trim();
  const urlOf = (name: string) => `postgres://${user}:${password}@127.0.0.1:${port}/${name}`;
  const known = [
    ...['-D', dataDir, '-p', String(port)],
    // No socket in /tmp: its lock file would be one more thing that a killed server leaves.
    ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'timezone=UTC'],
    ...(durable ? [] : ['-c', 'fsync=off']),
  ];
  const plan = {
    ...runAs.wrap(programs.postgres, known),
    knownBy: known,
    name: 'PostgreSQL',
    env: { ...process.env, LC_ALL: 'C' },
    logFile,
    // PostgreSQL's "fast" shutdown; SIGTERM would wait until the last client has left.
    stopSignal: 'SIGINT' as const,
  };
  const server = await startWhenChildrenAreGone(plan, () => answers(urlOf('postgres')));
  try {
    await createDatabase(urlOf('postgres'));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: urlOf(database), pid: server.pid, stop: () => server.stop() };
}

/** Made beside its place and moved there when whole: a start that is cut short leaves no half cluster. */
async function makeCluster(dataDir: string, programs: PostgresPrograms, runAs: PostgresUser): Promise<void> {
  const draft = `${dataDir}.new`;
  const pwfile = passwordFile(dataDir);
  mkdirSync(dirname(dataDir), { recursive: true });
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(pwfile, randomBytes(24).toString('hex'), { mode: 0o600 });
  for (const path of [draft, pwfile]) runAs.own(path);

  const { command, args, ...as } = runAs.wrap(programs.initdb, [
    ...['-D', draft, '-U', user, '--pwfile', pwfile, '-A', 'scram-sha-256'],
    // PostgreSQL's own UTF-8 order of text: the same on every system, whatever locales it has.
    ...['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-sync'],
  ]);
  await promisify(execFile)(command, args, { ...as, env: { ...process.env, LC_ALL: 'C' } }).catch((error: unknown) => {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Error(`PostgreSQL could not make its data folder ${dataDir}:\n  ${(stderr || message).trim()}`);
  });
  renameSync(draft, dataDir);
}

function checkMajor(dataDir: string, major: string): void {
  const made = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  if (made === major) return;
  throw new SetupError(
    `${dataDir} was made by PostgreSQL ${made}, this Holdfast brings ${major}: ` +
      `start with --fresh to begin anew, or move the data with pg_dumpall of PostgreSQL ${made}`,
  );
}

/**
 * A killed run may have left its server running, or a postmaster.pid whose process id is by now somebody else's (or a
 * dead process's that nobody has noticed): PostgreSQL would refuse to start over either. The caller holds the data folder,
 * so nobody else's server runs in it.
 */
async function clearTheWay(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  const words = commandLine(pid);
  if (words?.includes(`-D ${dataDir} `)) await endProcesses([{ pid, words, signal: 'SIGINT' }]);
  if (!existsSync(file)) return;
  // PostgreSQL does not take its parent for a rival; the rest of the file stays, it tells whether children still live.
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(process.pid)));
}

/** After a `kill -9` of the server its own children need a moment to notice; until then the new one refuses to start. */
async function startWhenChildrenAreGone(
  plan: Parameters<typeof startChild>[0],
  ready: () => Promise<boolean>,
): Promise<Child> {
  const until = Date.now() + 10_000;
  for (;;) {
    const child = await startChild(plan);
    try {
      await untilReady(child, ready);
      return child;
    } catch (error) {
      if (Date.now() > until || !child.output().includes('pre-existing shared memory block')) throw error;
      await pause(200);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  await withClient(url, (client) => client.query('select 1'));
  return true;
}

async function createDatabase(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${database}`);
  });
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  // A connection that breaks is told by the query that fails; without a listener it would end this process.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function passwordFile(dataDir: string): string {
  return `${dataDir}.password`;
}
