/** docker-compose.yml and Dockerfile agree with this repository, as far as that can be seen without Docker. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { variableNames } from '../../config/environment.ts';

const root = join(import.meta.dirname, '../..');
const text = (file: string) => readFileSync(join(root, file), 'utf8');

const dependencies = z.record(
  z.string(),
  z.object({ condition: z.enum(['service_healthy', 'service_completed_successfully']) }),
);
const service = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: dependencies.default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  configs: z.array(z.object({ source: z.string(), target: z.string() })).default([]),
});
const compose = z
  .object({
    services: z.record(z.string(), service),
    volumes: z.record(z.string(), z.null()),
    configs: z.record(z.string(), z.object({ content: z.string() })),
  })
  .parse(parse(text('docker-compose.yml'), { merge: true }));
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build);

/** By image: the variables that its maker documents (temporal: common/config/config_template_embedded.yaml). */
const documented: Record<string, readonly string[]> = {
  postgres: ['POSTGRES_USER', 'POSTGRES_DB', 'POSTGRES_PASSWORD'],
  'temporalio/admin-tools': ['SQL_PLUGIN', 'SQL_HOST', 'SQL_PORT', 'SQL_USER', 'SQL_PASSWORD', 'TEMPORAL_ADDRESS'],
  'temporalio/server': [
    ...['DB', 'DB_PORT', 'POSTGRES_SEEDS', 'POSTGRES_USER', 'POSTGRES_PWD'],
    ...['NUM_HISTORY_SHARDS', 'BIND_ON_IP', 'DYNAMIC_CONFIG_FILE_PATH'],
  ],
  'temporalio/ui': ['TEMPORAL_ADDRESS'],
  holdfast: [...variableNames, 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE'],
};

describe('docker-compose.yml', () => {
  it('holds PostgreSQL, Temporal with its Web UI, the API and a worker', () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['postgres', 'temporal', 'temporal-ui', 'api', 'worker']),
    );
  });

  it.each(services)('sets only variables of %s that its image reads', (_name, { image, environment }) => {
    const known = documented[image.split(':')[0]!] ?? [];
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('holds no secret: each comes from outside and is asked for', () => {
    const secrets = services.flatMap(([, { environment }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|PWD|SECRET|TOKEN|KEY|SID|DATABASE_URL/.test(name)),
    );
    expect(secrets.length).toBeGreaterThan(5);
    for (const [name, value] of secrets) expect(`${name}: ${value}`).toMatch(/\$\{[A-Z_]+:\?/);
  });

  it('opens its ports to this machine alone', () => {
    const ports = services.flatMap(([, { ports: opened }]) => opened);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('waits only for services that exist and can say that they are ready', () => {
    for (const [, { depends_on: needed }] of services) {
      for (const [name, { condition }] of Object.entries(needed)) {
        expect(compose.services).toHaveProperty(name);
        if (condition === 'service_healthy') expect(compose.services[name]!.healthcheck).toBeDefined();
      }
    }
  });

  it('mounts only volumes and files that it declares', () => {
    for (const [, { volumes, configs }] of services) {
      for (const volume of volumes) expect(compose.volumes).toHaveProperty(volume.split(':')[0]!);
      for (const { source } of configs) expect(compose.configs).toHaveProperty(source);
    }
  });

  it.each(ours)('runs a program that the build makes: %s', (_name, { command = [] }) => {
    const [program] = command;
    expect(program).toMatch(/^dist\/.*\.js$/);
    expect(existsSync(join(root, program!.replace('dist/', '').replace(/js$/, 'ts')))).toBe(true);
  });

  it('asks for health at the port and address that the API is given', () => {
    const { environment, healthcheck } = compose.services['api']!;
    expect(healthcheck!.test.join(' ')).toContain(`127.0.0.1:${environment['HOLDFAST_API_PORT']}/health`);
  });
});

describe('Dockerfile', () => {
  const copied = [...text('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files]) =>
    files!.split(' '),
  );
  const sent = text('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));

  it('copies what exists, and what .dockerignore lets through', () => {
    expect(copied.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect([...new Set(copied)].sort()).toEqual(sent.sort());
  });

  it('runs as a user without rights', () => {
    expect(text('Dockerfile')).toMatch(/^USER node$/m);
  });
});
