/** Serves the labs in a browser: for `./lab open`. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Workbench } from '../../lib/commands/deps';
import { ensureSite } from '../build';
import { makeApp } from './app';
import { Jobs } from './jobs';
import { readSite } from './site';

export const serve: Workbench['serve'] = async ({ deps, options, progress, site = ensureSite }) => {
  const files = readSite(await site(progress));
  const jobs = new Jobs(deps, options);
  const token = randomBytes(24).toString('base64url');
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const app = makeApp({ port, token, site: files, jobs, deps, options });
  server.on('request', getRequestListener(app.fetch));
  const closed = new Promise<void>((resolve) => server.once('close', () => resolve()));
  return {
    closed,
    link: (path) => `http://127.0.0.1:${port}/${path}?token=${token}`,
    async close() {
      const left = await jobs.close();
      server.close();
      server.closeAllConnections();
      await closed;
      return left;
    },
  };
};
