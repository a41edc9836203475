/** The Cloud that our services see, on top of the plug-in's admin API. */
import { mkdirSync } from 'node:fs';
import type { Cloud, Principal } from '../services/service';
import { ServiceError } from '../services/service';
import type { Principals } from '../services/principal';
import { type AdminEndpoint, callAdmin } from './admin';
import { ENGINES } from './paths';

export interface CloudOptions {
  readonly admin: AdminEndpoint;
  readonly account: string;
  readonly folder: string;
  readonly python: string;
  readonly principals: Principals;
  readonly root: Principal;
  readonly faces: readonly string[];
}

export function makeCloud(options: CloudOptions): Cloud {
  const { admin, principals, faces } = options;
  mkdirSync(options.folder, { recursive: true });
  return {
    account: options.account,
    region: admin.region,
    folder: options.folder,
    python: options.python,
    engines: ENGINES,
    async assume(roleArn, service, sessionName) {
      const { status, reply } = await callAdmin(admin, '/_mla/assume', { roleArn, service, sessionName });
      const given = reply as Record<string, string>;
      if (status !== 200) throw new ServiceError(given.code ?? 'InternalServiceException', given.message ?? '');
      return principals.of(given.arn!, {
        accessKeyId: given.accessKeyId!,
        secretAccessKey: given.secretAccessKey!,
        sessionToken: given.sessionToken!,
      });
    },
    root: () => options.root,
    async emulate<T>(service: string, operation: string, input: object): Promise<T> {
      const { status, reply } = await callAdmin(admin, '/_mla/emulate', { service, operation, input });
      const body = reply as Record<string, string>;
      if (status >= 300) {
        const code = String(body.__type ?? body.code ?? 'InternalServiceException')
          .split('#')
          .pop()!;
        throw new ServiceError(code, String(body.message ?? body.Message ?? ''), status);
      }
      return reply as T;
    },
    async event(detailType, detail, resources, source = 'aws.sagemaker') {
      const { status, reply } = await callAdmin(admin, '/_mla/event', { source, detailType, detail, resources });
      if (status !== 200) throw new ServiceError('InternalServiceException', JSON.stringify(reply));
    },
    async metric(data) {
      const sent = data.map((datum) => ({
        ...datum,
        timestamp: (datum.timestamp ?? new Date()).getTime() / 1000,
      }));
      const { status, reply } = await callAdmin(admin, '/_mla/metrics', { data: sent });
      if (status !== 200) throw new ServiceError('InternalServiceException', JSON.stringify(reply));
    },
    track: () => undefined, // Every descendant has the cloud's id in its environment and ends with it.
    face: (name) => faces.includes(name),
  };
}
