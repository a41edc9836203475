import type { Command, CommanderError } from 'commander';

import { closestMatch } from './closest-match';
import type { Deps } from './deps';
import { wrongUse } from './options';

const oneOf = (names: readonly string[]): string => `Did you mean ${names.join(' or ')}?`;

/** What a command line gets to read that names no command, no option, too little or too much. */
export async function optionMistake(
  error: CommanderError,
  argv: readonly string[],
  program: Command,
  deps: Pick<Deps, 'labs' | 'loadLab'>,
): Promise<Error> {
  const words = argv.filter((word) => !word.startsWith('-'));
  const verbs = program.commands.map((one) => one.name());
  const verb = program.commands.find((one) => argv.includes(one.name()));
  const lab = deps.labs.find((one) => words.includes(one));
  // Modes are options only where their lab is named.
  const help = ['./lab', ...(verb ? [verb.name()] : []), ...(verb && lab ? [lab] : []), '--help'].join(' ');
  const usage = `Usage: ./lab ${verb ? `${verb.name()} ${verb.usage()}` : '<command>'}`;
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';

  if (error.code === 'commander.help' && words[0] !== 'help')
    return wrongUse('No command is given.', `The commands are ${verbs.join(', ')}.`, './lab --help');

  if (
    error.code === 'commander.unknownCommand' ||
    (!verb && ['commander.excessArguments', 'commander.help'].includes(error.code))
  ) {
    const given = words[words[0] === 'help' ? 1 : 0] ?? '';
    const what = `There is no command ${JSON.stringify(given)}.`;
    const [near, ...more] = closestMatch(given, verbs);
    if (near !== undefined) return wrongUse(what, oneOf([near, ...more]), help, { wrong: given, right: near });
    const [named] = closestMatch(given, deps.labs);
    if (named !== undefined)
      return wrongUse(what, `${named} is a lab; a command says what to do with it.`, `./lab guide ${named}`);
    return wrongUse(what, `The commands are ${verbs.join(', ')}.`, './lab --help');
  }

  if (error.code === 'commander.unknownOption') {
    const what = `There is no option ${JSON.stringify(quoted)}${verb ? ` of ${[verb.name(), lab].filter(Boolean).join(' ')}` : ''}.`;
    const flags = (verb ?? program).options.map((option) => option.long ?? '');
    const [near, ...more] = closestMatch(quoted, flags);
    return near === undefined
      ? wrongUse(what, `The options are ${flags.join(', ')}.`, help)
      : wrongUse(what, oneOf([near, ...more]), help, { wrong: quoted, right: near });
  }

  if (error.code === 'commander.missingArgument') {
    const name = verb?.name() ?? 'The command';
    if (quoted === 'lab') return wrongUse(`${name} needs the name of a lab.`, usage, './lab list');
    const steps = lab && (await deps.loadLab(lab)).steps.map(({ id }) => id);
    return wrongUse(
      `${name} needs the name of a ${quoted}.`,
      steps ? `The steps of ${lab} are ${steps.join(', ')}.` : usage,
      steps ? `./lab ${name} ${lab} ${steps[0]}` : help,
    );
  }

  if (error.code === 'commander.optionMissingArgument') {
    const [flag = ''] = quoted.split(' ');
    return wrongUse(`${flag} is given without a value.`, `It is written ${quoted}.`, help);
  }

  if (error.code === 'commander.excessArguments') {
    const extra = verb!.args.slice(verb!.registeredArguments.length).join(' ');
    return wrongUse(`${verb!.name()} takes no ${JSON.stringify(extra)}: too many arguments.`, usage, help);
  }

  const choice = /option '(--[a-z-]+)[^']*' argument '([^']*)' is invalid. Allowed choices are (.*)\.$/.exec(
    error.message,
  );
  if (choice) {
    const [, option = '', given = '', values = ''] = choice;
    const [near] = closestMatch(given, values.split(', '));
    return wrongUse(
      `${option} cannot be ${JSON.stringify(given)}.`,
      `It takes ${values.replace(/, ([^,]*)$/, ' or $1')}.`,
      help,
      near === undefined ? undefined : { wrong: given, right: near },
    );
  }
  const said = error.message.replace(/^error: /, '').split('\n')[0] ?? '';
  return wrongUse(`${said.charAt(0).toUpperCase()}${said.slice(1)}`, usage, help);
}
