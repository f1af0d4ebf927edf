/**
 * One Temporal server and one PostgreSQL for a whole run of Jest (see global-setup.mjs); tests find them in
 * TEST_TEMPORAL_ADDRESS and TEST_DATABASE_URL. Who sets both before keeps servers running from one run to the next.
 */
import { ephemeralServers } from '../../src/embedded/servers.ts';
import { searchAttributeTypes } from '../../workflows/messages.ts';

declare global {
  var stopTestServers: (() => Promise<void>) | undefined;
}

export async function startTestServers(): Promise<void> {
  if (process.env.TEST_TEMPORAL_ADDRESS && process.env.TEST_DATABASE_URL) return;
  const servers = await ephemeralServers({ searchAttributes: searchAttributeTypes });
  process.env.TEST_TEMPORAL_ADDRESS = servers.temporal.address;
  process.env.TEST_DATABASE_URL = servers.databaseUrl;
  globalThis.stopTestServers = servers.stop;
}
