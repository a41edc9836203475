/** The command line: verbs, their arguments and options, and what is said about a wrong one. */
import { Argument, Command, CommanderError, Option } from 'commander';

import type { Lab } from '../course/model';
import { Exit } from '../course/errors';
import { Context, type Verb } from './context';
import type { Deps } from './deps';
import type { Interrupts } from './interrupt';
import { messageOf } from './messages';
import { optionMistake } from './option-mistakes';
import { type Options, type RawOptions, readOptions, refuseEveryone, WrongUse } from './options';
import { type Streams, Ui } from './ui/terminal';
import { nextLine, wrap } from './ui/text';
import { type Description, sharedOptions, VERBS } from './verbs';

interface Call {
  readonly name: string;
  readonly verb: Verb;
  readonly args: Record<string, string | undefined>;
  readonly raw: RawOptions;
}

/**
 * Runs one command line.
 *
 * @param uiFor what it prints to and asks; a page has one of its own
 * @returns its exit code
 */
export async function main(
  given: readonly string[],
  deps: Deps,
  streams: Streams,
  interrupts: Interrupts,
  uiFor: (json: boolean) => Ui = (json) => new Ui(streams, json),
): Promise<number> {
  // An interactive zsh hands over what stands behind a # as words.
  const argv = given.includes('#') ? given.slice(0, given.indexOf('#')) : given;
  // Needed before the line is understood: errors must go where they belong.
  const json = argv.includes('--json');
  const ui = uiFor(json);
  let options: Options = {
    learner: 'me',
    json,
    yes: false,
    explain: false,
    verbose: argv.includes('--verbose') || Boolean(streams.env.LAB_DEBUG),
  };
  let command = argv.filter((word) => !word.startsWith('-')).join(' ');
  let context: Context | undefined;
  try {
    const call = await parse(argv, deps, ui);
    if (call === undefined) return Exit.Done;
    command = [
      call.name,
      ...Object.entries(call.args).flatMap(([key, value]) =>
        value === undefined
          ? []
          : value === 'true'
            ? [flagOf(key)]
            : /^(lab|labs|step|output|file)$/.test(key)
              ? [value]
              : value === 'false'
                ? [flagOf(`no-${key}`)]
                : [`${flagOf(key)} ${value}`],
      ),
    ].join(' ');
    // A rehearsal means this machine, whatever LAB_TARGET says: only --target can take it to an account. Pages are of
    // this machine where nobody says anything.
    const unsaid = { rehearse: 'local', open: streams.env.LAB_TARGET || 'local' }[call.name];
    const raw = unsaid === undefined ? call.raw : { ...call.raw, target: call.raw.target ?? unsaid };
    options = readOptions(raw, streams.env);
    if (options.everyone) refuseEveryone(call.name, call.args);
    context = new Context(ui, options, deps, interrupts);
    return await call.verb(context, call.args);
  } catch (error) {
    if (interrupts.interrupted) return Exit.Interrupted;
    ui.settle();
    const known = messageOf(error, { command, suffix: context?.suffix ?? '', options });
    const message = error instanceof WrongUse ? { ...known, next: error.meant(argv) } : known;
    const { red, bold } = ui.colours;
    ui.note(message.what, `${red('✗')} `);
    ui.note(message.why, '  ');
    ui.note(nextLine(message.next, bold), '  ');
    if (options.verbose) ui.note((error as Error).stack ?? String(error));
    ui.document({ error: { what: message.what, why: message.why, next: message.next, exit: message.exit } });
    return message.exit;
  } finally {
    ui.settle();
    if (!interrupts.interrupted) await context?.close();
  }
}

/** @returns undefined when help was asked for and shown */
async function parse(argv: readonly string[], deps: Deps, ui: Ui): Promise<Call | undefined> {
  let call: { name: string; args: Record<string, string | undefined>; raw: RawOptions } | undefined;
  const program = new Command('./lab')
    .description('Hands-on labs for the AWS machine learning engineer exam.')
    .helpCommand('help [command]', 'this list, or the help of a command')
    .helpOption('-h, --help', 'this help')
    .configureHelp({
      // So that it wraps on narrow terminals, too.
      minWidthToWrap: 20,
      subcommandTerm: (one) => [one.name(), ...one.registeredArguments.map(argumentTerm)].join(' '),
    });
  const modes = await modesNamed(argv, deps);
  for (const [name, description] of Object.entries(VERBS)) {
    const command = program.command(name).summary(description.summary).description(description.summary);
    for (const [syntax, summary] of description.args) command.addArgument(new Argument(syntax, summary));
    const named: string[] = [];
    for (const [flags, summary, repeatable] of description.options ?? []) {
      const option = new Option(flags, summary);
      if (repeatable) option.argParser((value, before: readonly string[] = []) => [...before, value]);
      command.addOption(option);
      named.push(option.attributeName());
    }
    if (takesModes(name))
      for (const mode of modes)
        command.addOption(new Option(`--${mode.name} <${mode.name}>`, mode.summary).choices(mode.values));
    for (const option of sharedOptions()) command.addOption(option);
    command.action((...given: unknown[]) => {
      const values = given.slice(0, description.args.length) as (string | string[] | undefined)[];
      const own = command.opts<Record<string, string | boolean | readonly string[] | undefined>>();
      const args = Object.fromEntries(
        description.args.map(([syntax], i) => [
          syntax.replace(/[^a-z]/g, ''),
          Array.isArray(values[i]) ? values[i].join(' ') : values[i],
        ]),
      );
      for (const key of [...named, ...modes.map(({ name: mode }) => mode)])
        if (own[key] !== undefined && command.getOptionValueSource(key) !== 'default') args[key] = String(own[key]);
      call = { name, args: args as Record<string, string | undefined>, raw: own as RawOptions };
    });
  }
  for (const option of sharedOptions()) program.addOption(option.hideHelp());
  program.addHelpText('after', () => everywhere(ui.width));
  for (const one of [program, ...program.commands]) {
    one.exitOverride().configureOutput({
      writeOut: (text) => ui.raw(text.trimEnd()),
      writeErr: () => undefined,
      getOutHelpWidth: () => ui.width,
    });
  }
  if (argv.length === 0) {
    program.outputHelp();
    return undefined;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw await optionMistake(error, argv, program, deps);
  }
  // Options before the verb mean the same as after it.
  return (
    call && {
      ...call,
      raw: { ...program.opts<RawOptions>(), ...call.raw },
      verb: await (VERBS[call.name] as Description).load(),
    }
  );
}

/** `--dry-run` for `dryRun`, as the parser calls it. */
const flagOf = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const argumentTerm = (argument: Argument): string => {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
};

/** What the list of commands ends with: options that are the same for all of them, and where to start. */
function everywhere(width: number): string {
  const options = sharedOptions().map(({ flags, description }) =>
    wrap(description, width, { first: `  ${flags.padEnd(20)}` }),
  );
  const start = 'Start with: ./lab list, then ./lab rehearse data-prep (this machine, no account, no cost).';
  const modes = 'Modes of a lab: ./lab up <lab> --help';
  return `\n${['Options of every command:', ...options, '', modes, wrap(start, width)].join('\n')}\n`;
}

const takesModes = (word: string): boolean => ['up', 'doctor', 'rehearse', 'cost'].includes(word);

/** Modes of the labs that are named: their options are known only then. A mode that two of them have is one option. */
async function modesNamed(argv: readonly string[], deps: Deps): Promise<Lab['modes']> {
  if (!argv.some(takesModes)) return [];
  const labs = await Promise.all(deps.labs.filter((one) => argv.includes(one)).map((id) => deps.loadLab(id)));
  return [...new Map(labs.flatMap(({ modes }) => modes).map((mode) => [mode.name, mode])).values()];
}
