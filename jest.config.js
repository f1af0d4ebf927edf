/** Tests run as native ES modules; swc strips the types, tsc checks them in a step of its own. */
const swc = {
  jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
  module: { type: 'es6' },
};
const counts = process.env.JEST_COUNTS;

export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.holdfast/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  // Some tests live through a year on a real server.
  testTimeout: 60_000,
  maxWorkers: 2,
  reporters: ['default', ...(counts ? [['<rootDir>/test/support/count-reporter.mjs', { file: counts }]] : [])],
};
