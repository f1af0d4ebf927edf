/** The connection to Temporal by its standard environment configuration: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TLS, API key. */
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

/** Connects a client. @throws Error that names the address when nothing answers there. */
export async function connectTemporal(): Promise<{ client: Client; connection: Connection; namespace: string }> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await Connection.connect(connectionOptions).catch((error: unknown) => {
    const address = connectionOptions.address ?? 'localhost:7233';
    throw new Error(`Temporal does not answer at ${address}: is it running, and is TEMPORAL_ADDRESS right?`, {
      cause: error,
    });
  });
  return { client: new Client({ connection, namespace }), connection, namespace };
}
