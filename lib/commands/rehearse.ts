import { join } from 'node:path';

import { fetchQuotas, shortages } from '../aws/quotas';
import { aboutUsd, estimate } from '../cost/estimate';
import type { Lab } from '../course/model';
import { allModes } from '../course/modes';
import { Exit } from '../course/errors';
import { quoted } from '../course/shell';
import { makeScratchFolder } from '../target/scratch-folder';
import type { Target } from '../target/target';
import { LEASE_HOURS } from '../teardown/lease';
import type { Context, Verb } from './context';
import { FieldReport, refuseReport } from './field-report';
import { PeakMemory } from './memory';
import { refuseShortage, printQuotas } from './quotas';
import { LabRehearsal } from './rehearsal';
import { type LabReport, round } from './rehearsal-report';
import { duration, plural } from './ui/text';
import { confirmOrRefuse, modesOf } from './up';
import { wrongUse } from './options';

/** The JSON document of `rehearse`. */
export interface RehearsalReport {
  readonly labs: readonly LabReport[];
  readonly seconds: number;
  readonly peakRssMiB: number;
}

/**
 * `rehearse [lab ...]`: a fresh cloud, and in it every lab from up to down: each check before its step (not done) and
 * after it (done), and the raw inventory at the end as it was at the start. With `--report` all that was asked and answered
 * is written to a file; `--after` adds to it what stands later.
 */
export const rehearse: Verb = async (context: Context, args) => {
  const { ui, deps } = context;
  const names = (args.labs ?? '').split(' ').filter(Boolean);
  const labs = await Promise.all((names.length > 0 ? [...new Set(names)] : deps.labs).map((name) => context.lab(name)));
  const local = context.targetName('rehearse') === 'local';
  const faces = args.face?.split(',');
  if (faces && !local) {
    throw wrongUse(
      `The account cannot be shown as ${faces.join(', ')}.`,
      'Only the local cloud has faces.',
      `./lab rehearse ${names.join(' ')} --face ${faces[0]}`.replace('  ', ' '),
    );
  }
  if (args.after !== undefined) return (await import('./report-after')).reportAfter(context, args.report);
  if (args.report !== undefined) refuseReport(args.report);
  if (!local) await askForAws(context, labs, args);
  const { document, machineFailed } = await rehearseLabs(context, labs, args, { faces, report: args.report });
  const failed = document.labs.find((report) => !report.ok);
  const ok = failed === undefined;
  const seconds = document.seconds;
  ui.say();
  ui.say(
    `${ok ? ui.colours.green('✓') : ui.colours.red('✗')} ${plural(document.labs.length, 'lab')}, ${document.labs.reduce((sum, one) => sum + one.checks.passed, 0)} checks passed, ${document.labs.reduce((sum, one) => sum + one.checks.failed, 0)} failed, in ${duration(seconds)}; peak memory ${document.peakRssMiB} MiB.`,
  );
  if (args.report !== undefined) ui.say(`The report is ${args.report}: names, ids and tokens are taken out of it.`);
  const stands = document.labs.filter(({ error, leftovers }) => error !== undefined || leftovers.length > 0);
  if (!local && stands.length > 0) {
    ui.say('What it made may stand in your account still, and cost.');
    const which = stands.length === 1 ? stands[0]!.lab : '--all';
    ui.say(`Next: ./lab down ${which}${context.suffix}`);
  } else if (!local && args.report !== undefined)
    ui.say(`Next: tomorrow, ./lab rehearse --report ${quoted(args.report)} --after${context.suffix}`);
  else if (local) {
    ui.say(
      failed
        ? `Next: ./lab up ${failed.lab} --target local, then its steps one by one: what failed can be looked at there.`
        : `Next: ./lab up ${labs[0]?.id ?? ''} --target local, and do it yourself.`,
    );
  }
  ui.document(document);
  return ok ? Exit.Done : machineFailed ? Exit.Failed : Exit.CheckFailed;
};

/** Labs from up to down, one after another, on the context's target: on this machine in a cloud of their own. */
export async function rehearseLabs(
  context: Context,
  labs: readonly Lab[],
  args: Readonly<Record<string, string | undefined>>,
  given: { readonly faces?: readonly string[]; readonly report?: string },
): Promise<{ readonly document: RehearsalReport; readonly machineFailed: boolean }> {
  const { ui, interrupts } = context;
  const local = context.targetName('rehearse') === 'local';
  const names = labs.map(({ id }) => id).join(' ');
  const start = ui.streams.now();
  const memory = new PeakMemory(() => [process.pid]);
  const scratch = makeScratchFolder('rehearsal');
  interrupts.leaves(
    local
      ? {
          remains: "The rehearsal's local cloud is gone, and with it all that it held.",
          next: `./lab rehearse ${names}`,
        }
      : {
          remains: 'What the rehearsal made stands in your account, and costs.',
          next: `./lab down --all${context.suffix}`,
        },
  );

  const reports: LabReport[] = [];
  let machineFailed = false;
  let peakRssMiB: number;
  let fieldReport: FieldReport | undefined;
  try {
    const deployer = await context.deployer();
    // The first lab is synthesized while the cloud starts.
    const synthesis = labs.map((lab) => ({
      lab,
      assembly: undefined as ReturnType<typeof deployer.synthesize> | undefined,
    }));
    const synthesize = (lab: Lab) => {
      const assembly = deployer.synthesize({
        lab: lab.id,
        learner: context.options.learner,
        modes: modesOf(lab, args),
      });
      assembly.catch(() => undefined);
      return assembly;
    };
    if (synthesis[0]) synthesis[0].assembly = synthesize(synthesis[0].lab);
    const target: Target = local ? await context.open('local', false, given.faces) : await context.target('rehearse');
    if (given.report !== undefined) {
      fieldReport = FieldReport.of(context, target, given.report);
      const modes = Object.assign({}, ...labs.map((lab) => modesOf(lab, args))) as Record<string, string>;
      fieldReport.open(
        labs.map(({ id }) => id),
        modes,
      );
    }
    deployer.prepare(target);
    const forget = interrupts.onInterrupt(async () => {
      fieldReport?.end('interrupted');
      await deployer.close();
      if (local) await target.close();
    });
    if (!(await deployer.isBootstrapped(target)))
      await deployer.bootstrap(target, (stage, detail) => ui.progress(stage, detail));
    for (const { lab, assembly } of synthesis) {
      const workDir = join(scratch.path, lab.id);
      const rehearsal = new LabRehearsal(context, target, deployer, lab, workDir, fieldReport);
      const { report, machineFailed: failed } = await rehearsal.run(assembly ?? synthesize(lab));
      reports.push(report);
      machineFailed ||= failed;
    }
    fieldReport?.end(reports.every(({ ok }) => ok) ? 'done' : 'failed');
    await context.close();
    forget();
  } catch (error) {
    fieldReport?.failed(error);
    throw error;
  } finally {
    // Closed by now, unless something was thrown.
    fieldReport?.end('failed');
    scratch.remove();
    peakRssMiB = memory.stop();
  }

  const seconds = round((ui.streams.now() - start) / 1000);
  interrupts.leaves(undefined);
  ui.settle();
  return { document: { labs: reports, seconds, peakRssMiB }, machineFailed };
}

async function askForAws(
  context: Context,
  labs: readonly Lab[],
  args: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const { ui } = context;
  const target = await context.target('rehearse');
  const sum = labs.reduce((total, lab) => total + estimate(lab, 1, modesOf(lab, args), target.region).usdTotal, 0);
  ui.settle();
  ui.say(
    `A rehearsal in the account ${target.account}, Region ${target.region}: ${labs.map(({ id }) => id).join(', ')}; every step once, then everything is removed.`,
  );
  ui.say(
    `Cost (list prices, estimated): ${aboutUsd(sum)}. The CDK's own set-up is made where it is missing, and stays.`,
  );
  ui.say(`Lease: should this command be cut off, each lab removes itself after ${LEASE_HOURS.default} h.`);
  let low = false;
  for (const lab of labs) {
    const [quotas, modes] = [await fetchQuotas(target.clients, lab), allModes(lab, modesOf(lab, args))];
    printQuotas(context, lab, quotas, modes, target.region);
    refuseShortage(context, lab, quotas, modes, target.region);
    low ||= shortages(quotas, modes).length > 0;
  }
  await confirmOrRefuse(
    context,
    low ? 'Begin all the same?' : 'Begin?',
    `./lab rehearse ${labs.map(({ id }) => id).join(' ')}${args.report === undefined ? '' : ` --report ${quoted(args.report)}`}${context.suffix} --yes`,
  );
}
