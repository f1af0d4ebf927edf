/** Which ports the embedded default listens on, and whether they are free before anything starts. */
import { createServer } from 'node:net';
import { SetupError } from './setup-error.ts';

const wanted = {
  api: { variable: 'HOLDFAST_API_PORT', port: 4000, purpose: 'the API' },
  sandbox: { variable: 'HOLDFAST_SANDBOX_PORT', port: 4100, purpose: 'the sandbox' },
  temporal: { variable: 'HOLDFAST_TEMPORAL_PORT', port: 7233, purpose: 'the Temporal server' },
  temporalUi: { variable: 'HOLDFAST_TEMPORAL_UI_PORT', port: 8233, purpose: 'the Temporal Web UI' },
  postgres: { variable: 'HOLDFAST_POSTGRES_PORT', port: 54329, purpose: 'PostgreSQL' },
} as const;

export type PortName = keyof typeof wanted;
export type Ports = Record<PortName, number>;

const portNames = Object.keys(wanted) as PortName[];

/** The port of each server: its HOLDFAST_…_PORT, or its default. Throws a SetupError on what is no port, or is given twice. */
export function portsFromEnv(env: NodeJS.ProcessEnv = process.env): Ports {
  const ports = Object.fromEntries(portNames.map((name) => [name, portFrom(env, name)])) as Ports;
  for (const name of portNames) {
    const twin = portNames.find((other) => other !== name && ports[other] === ports[name]);
    if (twin) {
      throw new SetupError(
        `${wanted[name].purpose} and ${wanted[twin].purpose} both ask for port ${ports[name]}: ` +
          `set ${wanted[name].variable} or ${wanted[twin].variable} to another one`,
      );
    }
  }
  return ports;
}

function portFrom(env: NodeJS.ProcessEnv, name: PortName): number {
  const { variable, port } = wanted[name];
  const given = env[variable];
  if (!given) return port;
  const number = Number(given);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new SetupError(`${variable} is "${given}": a port is a number from 1 to 65535`);
  }
  return number;
}

/** Throws a SetupError with one line for each port that cannot be listened on: which, for what, and what changes it. */
export async function checkPorts(ports: Ports, names: readonly PortName[] = portNames): Promise<void> {
  const complaints: string[] = [];
  for (const name of names) {
    const { variable, purpose } = wanted[name];
    const obstacle = await obstacleTo(ports[name]);
    if (obstacle) complaints.push(`port ${ports[name]}, for ${purpose}, ${obstacle}: set ${variable} to another port`);
  }
  if (complaints.length > 0) throw new SetupError(complaints.join('\n'));
}

/** A server on all addresses and one on the loopback address alone do not see each other on every system: try both. */
async function obstacleTo(port: number): Promise<string | undefined> {
  for (const host of [undefined, '127.0.0.1']) {
    const code = await tryToListen(port, host);
    if (code === 'EADDRINUSE') return 'is taken';
    if (code === 'EACCES') return 'is not open to this user';
  }
  return undefined;
}

function tryToListen(port: number, host: string | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    server.listen({ port, host }, () => server.close(() => resolve(undefined)));
  });
}

/** `count` different ports that nobody listens on at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  // All are held until the last is found: the system may otherwise hand out the same one twice.
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port!;
}

function listenAnywhere(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
