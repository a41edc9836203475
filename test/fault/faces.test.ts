/** Every face of the local cloud with every lab: it comes through, or stops with the right message; nothing is left. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { RehearsalReport } from '../../lib/commands/rehearse';
import { LABS } from '../../lib/course/registry';
import { type Face, FACES } from '../../local-cloud/boot/faces';
import { sampled } from './seed';

const ROOT = resolve(__dirname, '..', '..');

/** Faces in which a lab in its plain modes cannot come to its end, with what its learner reads. */
const STOPS: Partial<Record<Face, Readonly<Record<string, RegExp>>>> = {
  'free-plan': {
    training: /may not use a service that the lab needs/,
    deployment: /may not use a service that the lab needs/,
    monitoring: /may not use a service that the lab needs/,
  },
  'training-quota-0': { training: /quota/i, monitoring: /quota/i },
  'endpoint-quota-0': { deployment: /quota|service limit/i, monitoring: /quota|service limit/i },
  'builds-held': { deployment: /held|0 builds in queue/i },
  // The proof of that release is proof/deployment-rollback-unseen: nothing rolls back in a rehearsal.
};

const MATRIX = Object.keys(FACES).flatMap((face) => LABS.map(({ id }) => ({ face: face as Face, lab: id })));

describe.each(sampled(MATRIX, 1))('$lab in a cloud that shows $face', ({ face, lab }) => {
  const done = spawnSync('./lab', ['rehearse', lab, '--face', face, '--json'], { cwd: ROOT, encoding: 'utf8' });
  const report = () => (JSON.parse(done.stdout) as RehearsalReport).labs[0]!;
  const stops = STOPS[face]?.[lab];

  test(stops ? 'it stops, and says why' : 'it comes through', () => {
    const seen = `${report().error ?? ''} ${report()
      .steps.map(({ after }) => after.saw)
      .join(' ')}`;
    if (stops) expect({ ok: report().ok, seen }).toEqual({ ok: false, seen: expect.stringMatching(stops) });
    else expect({ ok: report().ok, seen: report().ok ? '' : `${seen} ${done.stderr}` }).toEqual({ ok: true, seen: '' });
  });

  test('nothing is left', () => {
    expect(report().leftovers).toEqual([]);
    expect(report().error ?? '').not.toMatch(/^down:/);
  });
});
