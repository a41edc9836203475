/** A lab in a cloud that shows a face: it comes through, or stops with the right message; nothing is left. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { LabReport } from '../../lib/commands/rehearsal-report';
import type { RehearsalReport } from '../../lib/commands/rehearse';
import type { LabId } from '../../lib/course/names';
import { type Face, FACES } from '../../local-cloud/boot/faces';
import { facePromise, record } from './figures';
import { describeOf } from './played';
import { sampled, SEED } from './seed';

const ROOT = resolve(__dirname, '..', '..');

/** Faces in which a lab in its plain modes cannot come to its end, with what its learner reads. */
const STOPS: Partial<Record<Face, Partial<Record<LabId, RegExp>>>> = {
  'free-plan': {
    training: /may not use a service that the lab needs/,
    deployment: /may not use a service that the lab needs/,
    monitoring: /may not use a service that the lab needs/,
  },
  'training-quota-0': { training: /quota/i },
  'endpoint-quota-0': { deployment: /quota|service limit/i, monitoring: /quota|service limit/i },
  'builds-held': { deployment: /held|0 builds in queue/i },
  // A release that meets it is proof/deployment-rollback-unseen: nothing rolls back in a rehearsal.
};

/** `./lab rehearse`, as a learner types it. */
async function rehearse(lab: LabId, face: Face): Promise<{ report: LabReport; stderr: string }> {
  const child = spawn('./lab', ['rehearse', lab, '--face', face, '--json'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LAB_LOCAL_SEED: String(SEED) },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += String(text)));
  child.stderr.on('data', (text) => (stderr += String(text)));
  await new Promise((done) => child.on('close', done));
  if (stdout === '') throw new Error(`./lab rehearse ${lab} --face ${face} said nothing but: ${stderr}`);
  return { report: (JSON.parse(stdout) as RehearsalReport).labs[0]!, stderr };
}

/** What the learner read: the error, or what the checks after each step saw. */
function readBy({ error, steps }: LabReport): string {
  return [error, ...steps.map(({ after }) => after.saw)].filter(Boolean).join(' ');
}

/** Plays a lab in every face, or in one of them by the seed. */
export function playFaces(lab: LabId): void {
  describeOf(lab)(`lab ${lab}`, () => {
    test.each(sampled(Object.keys(FACES) as Face[]))('in a cloud that shows %s', async (face) => {
      const { report, stderr } = await rehearse(lab, face);
      const stops = STOPS[face]?.[lab];
      const seen = readBy(report);
      if (stops) expect({ ok: report.ok, seen }).toEqual({ ok: false, seen: expect.stringMatching(stops) });
      else expect({ ok: report.ok, seen: report.ok ? '' : `${seen} ${stderr}` }).toEqual({ ok: true, seen: '' });
      expect(report.leftovers).toEqual([]);
      expect(report.error ?? '').not.toMatch(/^down:/);
      const came = stops ? 'stops, saying why' : `${report.checks.passed} of ${report.steps.length} checks`;
      record(facePromise(lab, face), `${came}; nothing left`);
    });
  });
}
