import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { openDataFolder } from '../../src/embedded/data-folder.ts';
import { freePorts } from '../../src/embedded/ports.ts';
import { startPostgres } from '../../src/embedded/postgres.ts';
import { ensureSearchAttributes } from '../../src/embedded/search-attributes.ts';
import { ephemeralServers, startServers } from '../../src/embedded/servers.ts';
import { isRunning, runProgram, scratch, untilGone } from './programs.ts';

const { folder, clean } = scratch();
afterEach(clean);

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function withTemporal<Result>(
  address: string,
  work: (client: Client, connection: Connection) => Promise<Result>,
) {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }), connection);
  } finally {
    await connection.close();
  }
}

const startOne = (address: string) =>
  withTemporal(address, (client) =>
    client.workflow.start('life', {
      workflowId: 'one',
      taskQueue: 'nobody',
      searchAttributes: { HoldfastTestStanding: ['grace'] },
    }),
  );

const standingOfOne = (address: string) =>
  withTemporal(address, async (client) => {
    const { searchAttributes } = await client.workflow.getHandle('one').describe();
    return searchAttributes.HoldfastTestStanding;
  });

describe('PostgreSQL of our own', () => {
  it('starts in a folder that only its owner can enter, as root too', async () => {
    const parent = join(folder(), 'mine');
    mkdirSync(parent, { mode: 0o700 });
    const [port] = (await freePorts(1)) as [number];
    const server = await startPostgres({ dataDir: join(parent, 'postgres'), port, logFile: join(parent, 'log') });
    try {
      expect(await query(server.url, 'select current_database() as name')).toEqual([{ name: 'holdfast' }]);
      expect(statSync(parent).mode & 0o777).toBe(0o700);
      expect(statSync(join(parent, 'postgres.password')).mode & 0o777).toBe(0o600);
    } finally {
      await server.stop();
    }
    expect(isRunning(server.pid)).toBe(false);
  });

  it('refuses data of another major version in one line', async () => {
    const dataDir = join(folder(), 'postgres');
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'PG_VERSION'), '17\n');
    await expect(startPostgres({ dataDir, port: 1, logFile: join(dataDir, 'log') })).rejects.toThrow(
      /^.*postgres was made by PostgreSQL 17, this Holdfast brings 18: start with --fresh to begin anew, or move the data with pg_dumpall of PostgreSQL 17$/,
    );
  });

  it('is not kept from starting by a postmaster.pid whose process id now belongs to someone else', async () => {
    const parent = folder();
    const [port] = (await freePorts(1)) as [number];
    const options = { dataDir: join(parent, 'postgres'), port, logFile: join(parent, 'log'), durable: false };
    await (await startPostgres(options)).stop();
    writeFileSync(join(options.dataDir, 'postmaster.pid'), `${process.pid}\n${options.dataDir}\n`);
    chmodSync(join(options.dataDir, 'postmaster.pid'), 0o644);
    await (await startPostgres(options)).stop();
  });
});

describe('both servers', () => {
  it('keep their data when they and their starter are killed', async () => {
    const path = join(folder(), 'data');
    const [temporal, temporalUi, postgres] = (await freePorts(3)) as [number, number, number];
    const ports = { temporal, temporalUi, postgres };
    const options = { dataDir: path, ports, ui: true, searchAttributes: { HoldfastTestStanding: 'Keyword' } as const };
    const starter = runProgram(
      folder(),
      `
      import { openDataFolder } from 'src/embedded/data-folder.ts';
      import { startServers } from 'src/embedded/servers.ts';
      await openDataFolder({ path: ${JSON.stringify(path)} });
      console.log(JSON.stringify(await startServers(${JSON.stringify(options)})));
      `,
      { TEMPORAL_ADDRESS: '', DATABASE_URL: '' },
    );
    const started = JSON.parse(await starter.line()) as {
      temporal: { address: string; uiUrl: string };
      databaseUrl: string;
    };
    expect((await fetch(started.temporal.uiUrl)).status).toBe(200);
    await startOne(started.temporal.address);
    await query(started.databaseUrl, 'create table kept as select 1 as row');

    const recorded = JSON.parse(readFileSync(join(path, 'processes.json'), 'utf8')) as { pid: number }[];
    const pids = [starter.process.pid!, ...recorded.map(({ pid }) => pid)];
    expect(pids).toHaveLength(3);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await untilGone(pids);

    const data = await openDataFolder({ path });
    const servers = await startServers(options);
    try {
      expect(await standingOfOne(servers.temporal.address)).toEqual(['grace']);
      expect(await query(servers.databaseUrl, 'select row from kept')).toEqual([{ row: 1 }]);
    } finally {
      await servers.stop();
      data.close();
    }
  }, 60_000);

  it('end when their starter is killed, and an ephemeral folder goes with them', async () => {
    const starter = runProgram(
      folder(),
      `
      import { readdirSync } from 'node:fs';
      import { ephemeralServers } from 'src/embedded/servers.ts';
      const servers = await ephemeralServers({ searchAttributes: {} });
      console.log(servers.temporal.address);
      console.log(servers.databaseUrl);
      `,
      { TMPDIR: folder() },
    );
    const address = await starter.line();
    const url = await starter.line();
    const [{ directory }] = (await query(url, `select current_setting('data_directory') as directory`)) as [
      { directory: string },
    ];
    expect(existsSync(directory)).toBe(true);
    starter.process.kill('SIGKILL');
    await once(starter.process, 'exit');

    const until = Date.now() + 15_000;
    while (existsSync(directory) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(existsSync(directory)).toBe(false);
    await expect(query(url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
    await expect(Connection.connect({ address, connectTimeout: 500 })).rejects.toThrow();
  }, 60_000);
});

describe('search attributes', () => {
  it('of every type can be used as soon as they are ensured; ensured again nothing changes; another type is an error', async () => {
    const everyType = {
      HoldfastKeyword: 'Keyword',
      HoldfastKeywordList: 'KeywordList',
      HoldfastText: 'Text',
      HoldfastInt: 'Int',
      HoldfastDouble: 'Double',
      HoldfastBool: 'Bool',
      HoldfastDatetime: 'Datetime',
    } as const;
    const servers = await ephemeralServers({ searchAttributes: everyType });
    try {
      await withTemporal(servers.temporal.address, async (client, connection) => {
        const searchAttributes = { HoldfastKeyword: ['a'], HoldfastBool: [true], HoldfastDouble: [1.5] };
        await client.workflow.start('life', { workflowId: 'one', taskQueue: 'nobody', searchAttributes });
        await ensureSearchAttributes(connection, 'default', everyType);
        await expect(ensureSearchAttributes(connection, 'default', { HoldfastInt: 'Text' })).rejects.toThrow(
          /^search attribute HoldfastInt of namespace default is a Int, Holdfast needs a Text: use another namespace/,
        );
      });
    } finally {
      await servers.stop();
    }
  }, 60_000);
});
