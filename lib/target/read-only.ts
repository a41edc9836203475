/** Clients that can only read: what a check is given, so that no mistake in one can change a learner's account. */
import type { Clients } from './clients';

/** A command of the SDK, as far as it tells what it does. */
interface Sent {
  readonly constructor: { readonly name: string };
  readonly input?: Readonly<Record<string, unknown>>;
}

/** How AWS names operations that change nothing. */
const READS = /^(BatchGet|Describe|Filter|Get|Head|List|Lookup|Search)[A-Z]/;

/** Operations that change nothing though their names do not say so, and when. */
const READS_TOO: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => boolean>> = {
  // The answer goes into the lab's own bucket. Anything but a query (CREATE TABLE AS, UNLOAD, DROP) makes or removes.
  StartQueryExecution: ({ QueryString }) => /^(\s*--[^\n]*\n)*\s*(SELECT|WITH)\b/i.test(String(QueryString)),
  // A query of CloudWatch Logs Insights has no verb that writes.
  StartQuery: () => true,
  // An endpoint answers, and may keep a copy of the request in the lab's own bucket.
  InvokeEndpoint: () => true,
};

/** Whether a command of the SDK only reads. @param operation as the service's model names it, for example `GetObject` */
export function onlyReads(operation: string, input: Readonly<Record<string, unknown>> = {}): boolean {
  return READS.test(operation) || (READS_TOO[operation]?.(input) ?? false);
}

const guarded = (service: object, name: string): object =>
  new Proxy(service, {
    get(client, property) {
      const value: unknown = Reflect.get(client, property);
      if (property !== 'send' || typeof value !== 'function') return value;
      return (command: Sent, ...rest: unknown[]): unknown => {
        const operation = command.constructor.name.replace(/Command$/, '');
        if (!onlyReads(operation, command.input))
          throw new Error(`A check asked ${name} for ${operation}, which would change the account: it was not sent.`);
        return Reflect.apply(value, client, [command, ...rest]);
      };
    },
  });

/** The same clients, but for requests that would change something. Those throw before anything is sent. */
export function readOnly(clients: Clients): Clients {
  return new Proxy(clients, {
    get(all, name) {
      const value: unknown = Reflect.get(all, name);
      const client = typeof value === 'object' && value !== null && 'send' in value;
      return client ? guarded(value, String(name)) : value;
    },
  });
}
