/** A Jest reporter that writes how many tests passed and failed, as JSON, to the file that it is given. */
import { writeFileSync } from 'node:fs';

export default class CountReporter {
  #file;

  constructor(_globalConfig, { file }) {
    this.#file = file;
  }

  onRunComplete(_contexts, results) {
    // A file that could not even be loaded has no failed test of its own, and one that left nothing to count failed too.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    writeFileSync(this.#file, JSON.stringify({ passed: results.numPassedTests, failed }));
  }
}
