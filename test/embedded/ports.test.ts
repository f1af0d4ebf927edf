import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { checkPorts, freePort, freePorts, portsFromEnv } from '../../src/embedded/ports.ts';

describe('the ports of the embedded default', () => {
  let neighbour: Server | undefined;
  afterEach(() => neighbour?.close());

  it('a taken port is named with what wanted it and the variable that changes it', async () => {
    const port = await freePort();
    neighbour = createServer().listen(port, '127.0.0.1');
    await once(neighbour, 'listening');

    const ports = { ...portsFromEnv({}), api: port };
    await expect(checkPorts(ports, ['api'])).rejects.toThrow(
      `port ${port}, for the API, is taken: set HOLDFAST_API_PORT to another port`,
    );
  });

  it('free ports are found free, also by the next to ask', async () => {
    const [api, sandbox] = (await freePorts(2)) as [number, number];
    expect(api).not.toBe(sandbox);
    await checkPorts({ ...portsFromEnv({}), api, sandbox }, ['api', 'sandbox']);
    await checkPorts({ ...portsFromEnv({}), api, sandbox }, ['api', 'sandbox']);
  });

  it('come from the environment where it names them', () => {
    expect(portsFromEnv({ HOLDFAST_POSTGRES_PORT: '6000' })).toEqual({
      api: 4000,
      sandbox: 4100,
      temporal: 7233,
      temporalUi: 8233,
      postgres: 6000,
    });
  });

  it('what is no port, or the same port twice, is refused by name', () => {
    expect(() => portsFromEnv({ HOLDFAST_API_PORT: 'four thousand' })).toThrow(
      'HOLDFAST_API_PORT is "four thousand": a port is a number from 1 to 65535',
    );
    expect(() => portsFromEnv({ HOLDFAST_API_PORT: '4100' })).toThrow(
      /both ask for port 4100: set HOLDFAST_API_PORT or/,
    );
  });
});
