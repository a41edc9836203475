/** The plug-in's private door. */
import { request } from 'node:https';

export interface Door {
  readonly endpoint: string;
  readonly ca: string;
  readonly token: string;
  readonly region: string;
}

/** Asks the plug-in. @returns status and parsed reply */
export async function ask(door: Door, path: string, payload: object = {}): Promise<{ status: number; reply: unknown }> {
  return new Promise((resolve, reject) => {
    const url = new URL(path, door.endpoint);
    const call = request(
      url,
      { method: 'POST', ca: door.ca, headers: { 'x-mla-token': door.token, 'content-type': 'application/json' } },
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
    call.end(JSON.stringify({ region: door.region, ...payload }));
  });
}
