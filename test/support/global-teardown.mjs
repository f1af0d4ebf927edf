/** Jest's global teardown: stops what the setup has started, in the same process. */
export default async function stopTestServers() {
  await globalThis.stopTestServers?.();
}
