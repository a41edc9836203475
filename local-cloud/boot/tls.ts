/** A certificate for loopback, made anew for each local cloud. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Makes key and certificate in `folder`; the certificate is its own authority and names loopback only. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const day = 24 * 3600 * 1000;
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    notBeforeDate: new Date(Date.now() - day),
    notAfterDate: new Date(Date.now() + 30 * day),
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 2, value: '*.localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const certFile = join(folder, 'cert.pem');
  const keyFile = join(folder, 'key.pem');
  writeFileSync(certFile, made.cert, { mode: 0o644 });
  writeFileSync(keyFile, made.private, { mode: 0o600 });
  return { certFile, keyFile };
}
