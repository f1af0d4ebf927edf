/** The two servers that everything of Holdfast stands on: Temporal and PostgreSQL, ours or the user's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { keepFolder } from './guard.ts';
import { freePorts, type PortName, type Ports } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { ensureSearchAttributes, type SearchAttributes } from './search-attributes.ts';
import { SetupError } from './setup-error.ts';
import { findTemporalBinary } from './temporal-binary.ts';
import { startTemporalServer } from './temporal-server.ts';

export interface Servers {
  temporal: {
    /** `host:port` of the frontend. */
    address: string;
    /** Of the Web UI of a server of ours. */
    uiUrl?: string;
  };
  databaseUrl: string;
  /** Stops those that are ours, Temporal first; a second call waits for the first. */
  stop(): Promise<void>;
}

interface Part<Value> {
  value: Value;
  stop(): Promise<void>;
}

export interface ServersOptions {
  /** Of a data folder that is held open: see data-folder.ts. */
  dataDir: string;
  ports: Pick<Ports, 'temporal' | 'temporalUi' | 'postgres'>;
  /** Whether Temporal's Web UI is started too. */
  ui: boolean;
  searchAttributes: SearchAttributes;
}

/**
 * Starts both servers with their data in `dataDir`; where TEMPORAL_ADDRESS or DATABASE_URL is set, that one is used instead.
 * The search attributes are registered either way.
 */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const { dataDir, ports, ui, searchAttributes } = options;
  const external = { address: process.env.TEMPORAL_ADDRESS, databaseUrl: process.env.DATABASE_URL };
  return together(
    external.address
      ? externalTemporal(external.address, searchAttributes)
      : ownTemporal({
          port: ports.temporal,
          ...(ui && { uiPort: ports.temporalUi }),
          dbFile: join(dataDir, 'temporal.db'),
          searchAttributes,
          logFile: join(dataDir, 'logs', 'temporal.log'),
        }),
    external.databaseUrl
      ? Promise.resolve({ value: external.databaseUrl, stop: async () => {} })
      : ownPostgres({
          dataDir: join(dataDir, 'postgres'),
          port: ports.postgres,
          logFile: join(dataDir, 'logs', 'postgres.log'),
        }),
  );
}

/** The ports that `startServers` will listen on: a server of the user's needs none of ours. */
export function serverPorts(env: NodeJS.ProcessEnv = process.env): PortName[] {
  return [
    ...(env.TEMPORAL_ADDRESS ? [] : (['temporal', 'temporalUi'] as const)),
    ...(env.DATABASE_URL ? [] : (['postgres'] as const)),
  ];
}

/**
 * Both servers for a rehearsal or a test: on free ports, in a temporary folder that goes when they stop, Temporal in memory.
 * Always servers of our own: what is played through here must never reach a cluster or a database that is in use.
 */
export async function ephemeralServers({ searchAttributes }: { searchAttributes: SearchAttributes }): Promise<Servers> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  const release = keepFolder(folder);
  const removeFolder = () => {
    rmSync(folder, { recursive: true, force: true });
    release();
  };
  try {
    const [temporal, postgres] = (await freePorts(2)) as [number, number];
    const servers = await together(
      ownTemporal({ port: temporal, searchAttributes, logFile: join(folder, 'temporal.log') }),
      ownPostgres({
        dataDir: join(folder, 'postgres'),
        port: postgres,
        logFile: join(folder, 'postgres.log'),
        durable: false,
      }),
    );
    return { ...servers, stop: () => servers.stop().finally(removeFolder) };
  } catch (error) {
    removeFolder();
    throw error;
  }
}

type TemporalPart = Part<Servers['temporal']>;

async function ownTemporal(options: Omit<Parameters<typeof startTemporalServer>[0], 'binary'>): Promise<TemporalPart> {
  const server = await startTemporalServer({ ...options, binary: await findTemporalBinary() });
  const { address, uiUrl } = server;
  return { value: { address, ...(uiUrl && { uiUrl }) }, stop: () => server.stop() };
}

async function ownPostgres(options: Parameters<typeof startPostgres>[0]): Promise<Part<string>> {
  const server = await startPostgres(options);
  return { value: server.url, stop: () => server.stop() };
}

async function externalTemporal(address: string, searchAttributes: SearchAttributes): Promise<TemporalPart> {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await Connection.connect(connectionOptions).catch((error: unknown) => {
    const reason = (error as Error).message;
    throw new SetupError(`TEMPORAL_ADDRESS is ${address}, and no Temporal server answers there (${reason})`);
  });
  try {
    await ensureSearchAttributes(connection, namespace ?? 'default', searchAttributes);
  } finally {
    await connection.close();
  }
  return { value: { address }, stop: async () => {} };
}

/** Both or none: when one does not start, the other is stopped. */
async function together(starting: Promise<TemporalPart>, startingDatabase: Promise<Part<string>>): Promise<Servers> {
  const outcomes = await Promise.allSettled([starting, startingDatabase]);
  const [temporal, database] = outcomes;
  if (temporal.status === 'fulfilled' && database.status === 'fulfilled') {
    let stopping: Promise<void> | undefined;
    const stop = async () => {
      await temporal.value.stop();
      await database.value.stop();
    };
    return { temporal: temporal.value.value, databaseUrl: database.value.value, stop: () => (stopping ??= stop()) };
  }
  for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.stop();
  throw outcomes.find((outcome) => outcome.status === 'rejected')!.reason;
}
