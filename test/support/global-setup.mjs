// Jest's global setup: it runs outside Jest's own transforms, so the TypeScript behind it is loaded by tsx.
import { tsImport } from 'tsx/esm/api';

const { startTestServers } = await tsImport('./servers.ts', import.meta.url);
export default startTestServers;
