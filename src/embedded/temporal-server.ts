/** Starts a Temporal development server and waits until it can be used. */
import { Connection } from '@temporalio/client';
import { startChild, untilReady } from './child.ts';
import { ensureSearchAttributes, type SearchAttributes } from './search-attributes.ts';

export interface TemporalServer {
  address: string;
  /** Of the Web UI, when it was asked for. */
  uiUrl?: string;
  pid: number;
  stop(): Promise<void>;
}

export interface TemporalServerOptions {
  /** A `temporal` of 1.9 or newer, or ours: see temporal-binary.ts. */
  binary: string;
  port: number;
  /** (Default: no Web UI) */
  uiPort?: number;
  /** Keeps everything between two runs. (Default: in memory) */
  dbFile?: string;
  searchAttributes: SearchAttributes;
  logFile: string;
}

const namespace = 'default';

/**
 * What rehearsals and tests need, who skip the time of single workflows. A short shift makes each skip take 0.2 s instead
 * of 1 s. Server 1.32 mixes skipped and real time in the least interval between two runs of a workflow, and so doubles the
 * skipped time at every second continue-as-new; an interval of zero leaves nothing to mix.
 */
const settings = {
  'frontend.WorkflowTimeSkippingEnabled': true,
  'history.timerProcessorMaxTimeShift': '10ms',
  'history.workflowIdReuseMinimalInterval': '0s',
};

/** Resolves when namespace `default` answers and knows the search attributes. */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { binary, port, uiPort, dbFile, searchAttributes, logFile } = options;
  const address = `127.0.0.1:${port}`;
  const server = await startChild({
    name: 'the Temporal server',
    command: binary,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'],
      ...(uiPort ? ['--ui-port', String(uiPort)] : ['--headless']),
      ...(dbFile ? ['--db-filename', dbFile] : []),
      ...Object.entries(settings).flatMap(([key, value]) => [
        '--dynamic-config-value',
        `${key}=${JSON.stringify(value)}`,
      ]),
    ],
    logFile,
  });
  await untilReady(server, () => answers(address));
  try {
    await withConnection(address, (connection) => ensureSearchAttributes(connection, namespace, searchAttributes));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    address,
    pid: server.pid,
    stop: () => server.stop(),
    ...(uiPort && { uiUrl: `http://localhost:${uiPort}` }),
  };
}

async function answers(address: string): Promise<boolean> {
  await withConnection(address, (connection) => connection.workflowService.describeNamespace({ namespace }));
  return true;
}

async function withConnection<Result>(
  address: string,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address, connectTimeout: '1 second' });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
