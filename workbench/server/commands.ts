/** Which command lines a page can have run: each word of them is ours, or one of the lab's own names. */
import type { Challenge } from '../../lib/course/challenge';
import type { Lab } from '../../lib/course/model';
import type { Options } from '../../lib/commands/options';
import type { Command } from '../api';

/** Options that make a command mean the same place as `./lab open`. */
export function placeOf({ target, profile, region, learner }: Options): string[] {
  const place = { target, profile, region, learner };
  return Object.entries(place).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
}

/** Reads what a page sent. @returns undefined for what is no command of this lab */
export function readCommand(
  lab: Lab,
  challenges: readonly Pick<Challenge, 'id'>[],
  sent: unknown,
): Command | undefined {
  const { verb, step, challenge, hours, modes } = (typeof sent === 'object' && sent !== null ? sent : {}) as Record<
    string,
    unknown
  >;
  const known = lab.steps.find(({ id }) => id === step)?.id;
  if (step !== undefined && known === undefined) return undefined;
  if (verb === 'down' || verb === 'break' || verb === 'break-hint' || verb === 'mend') return { verb };
  if (verb === 'check') return known === undefined ? { verb } : { verb, step: known };
  if ((verb === 'step' || verb === 'explain' || verb === 'hint' || verb === 'reset') && known !== undefined)
    return { verb, step: known };
  if (verb === 'grade' || verb === 'answer') {
    const asked = challenges.find(({ id }) => id === challenge)?.id;
    return asked === undefined ? undefined : { verb, challenge: asked };
  }
  if (verb === 'extend' && Number.isInteger(hours)) return { verb, hours: hours as number };
  if (verb !== 'up') return undefined;
  const chosen = Object.entries((modes ?? {}) as Record<string, unknown>);
  const wrong = chosen.some(
    ([name, value]) => !lab.modes.find((one) => one.name === name)?.values.includes(String(value)),
  );
  return wrong ? undefined : { verb, modes: Object.fromEntries(chosen) as Record<string, string> };
}

/** The command line of `./lab` that it is. */
export function argvOf(lab: Lab, command: Command): string[] {
  switch (command.verb) {
    case 'up':
      return ['up', lab.id, ...Object.entries(command.modes ?? {}).flatMap(([name, value]) => [`--${name}`, value])];
    case 'extend':
      return ['extend', lab.id, '--hours', String(command.hours)];
    case 'down':
    case 'break':
    case 'mend':
      return [command.verb, lab.id];
    case 'break-hint':
      return ['break', lab.id, '--hint'];
    case 'grade':
      return ['grade', lab.id, command.challenge];
    case 'answer':
      return ['challenge', lab.id, command.challenge, '--solution'];
    case 'check':
      return ['check', lab.id, ...(command.step === undefined ? [] : [command.step])];
    case 'explain':
      return ['step', lab.id, command.step, '--explain'];
    default:
      return [command.verb, lab.id, command.step];
  }
}
