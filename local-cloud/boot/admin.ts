/** Requests to the plug-in's admin API (`/_mla/`), which a token protects. */
import { request } from 'node:https';

/** Where the admin API listens, and what a call has to bring. */
export interface AdminEndpoint {
  readonly endpoint: string;
  readonly ca: string;
  readonly token: string;
  readonly region: string;
}

/** Calls the admin API. @returns status and parsed reply */
export async function callAdmin(
  admin: AdminEndpoint,
  path: string,
  payload: object = {},
): Promise<{ status: number; reply: unknown }> {
  return new Promise((resolve, reject) => {
    const url = new URL(path, admin.endpoint);
    const call = request(
      url,
      { method: 'POST', ca: admin.ca, headers: { 'x-mla-token': admin.token, 'content-type': 'application/json' } },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          try {
            resolve({ status: response.statusCode ?? 0, reply: text === '' ? {} : JSON.parse(text) });
          } catch (error) {
            reject(new Error(`The local cloud answered ${path} with ${text.slice(0, 200)}`, { cause: error }));
          }
        });
      },
    );
    call.on('error', reject);
    call.end(JSON.stringify({ region: admin.region, ...payload }));
  });
}
