import { BUDGET_NAME, makeBudget, readBudget, removeBudget, type KeptBudget } from '../aws/budget';
import { Exit, LabError } from '../course/errors';
import { quoted } from '../course/shell';
import { usd } from '../cost/estimate';
import type { Target } from '../target/target';
import type { Context, Verb } from './context';
import { readEmail, wrongUse } from './options';
import { confirmOrRefuse } from './up';

const LIMIT = 10;
const LATE = 'It is hours late and protects nobody: the lease of a lab does, and ./lab down.';

/** `budget`: the account's one budget, which sends e-mails: makes it, shows it, or with `--remove` takes it away. */
export const budget: Verb = async (context: Context, args) => {
  const { ui } = context;
  const email =
    args.email === undefined
      ? undefined
      : readEmail(args.email, 'The budget writes to it.', './lab budget --email you@example.com --target aws');
  const limit = args.usd === undefined ? LIMIT : readUsd(args.usd);
  if (args.remove !== undefined && (email !== undefined || args.usd !== undefined))
    throw wrongUse(
      '--remove takes neither --email nor --usd.',
      'It removes the budget as it is.',
      './lab budget --remove --target aws',
    );
  if (email === undefined && args.usd !== undefined)
    throw wrongUse(
      'It is not said who gets the e-mails.',
      'A budget without one tells nobody.',
      `./lab budget --email you@example.com --usd ${limit}${context.suffix}`,
    );
  if (context.targetName('budget') === 'local')
    throw new LabError('There are no budgets on the local target.', {
      why: 'A budget watches the bill of an account, and nothing is billed on this machine.',
      next: './lab budget --target aws',
      exit: Exit.Refused,
    });
  const target = await context.target('budget');
  const kept = await readBudget(target);
  ui.settle();
  if (args.remove !== undefined) return remove(context, target, kept);
  if (email === undefined) return show(context, target, kept);
  if (kept) throw alreadyThere(context, kept);

  ui.say(
    `It makes the budget ${BUDGET_NAME} of the whole account ${target.account}: ${usd(limit)} a month, with an e-mail to ${email} at half of it, at all of it, and when AWS expects more than that by the end of the month.`,
  );
  ui.say(`${LATE} It costs nothing, and ./lab down keeps it; ./lab budget --remove${context.suffix} takes it away.`);
  await confirmOrRefuse(
    context,
    'Make it?',
    `./lab budget --email ${quoted(email)} --usd ${limit}${context.suffix} --yes`,
  );
  await makeBudget(target, email, limit);
  ui.settle();
  ui.say(`${ui.colours.green('✓')} The budget ${BUDGET_NAME} is made. Nobody has to confirm the address.`);
  ui.say(`Next: ./lab status${context.suffix}`);
  ui.document({ budget: { name: BUDGET_NAME, usd: limit } });
  return Exit.Done;
};

async function remove(context: Context, target: Target, kept: KeptBudget | undefined): Promise<number> {
  const { ui, suffix } = context;
  if (!kept) {
    ui.say(`The account ${target.account} has no budget ${BUDGET_NAME}: nothing to remove.`);
    ui.document({ budget: null, removed: false });
    return Exit.Done;
  }
  if (!kept.ours)
    throw new LabError(`The budget ${BUDGET_NAME} of the account ${target.account} is not ours: it lacks our tag.`, {
      why: 'Somebody else made one of this name, and it is left alone.',
      next: 'Look at it in the console: Billing and Cost Management, Budgets.',
      exit: Exit.Refused,
    });
  await confirmOrRefuse(
    context,
    `Remove the budget ${BUDGET_NAME} (${usd(kept.usd)} a month)?`,
    `./lab budget --remove${suffix} --yes`,
  );
  await removeBudget(target);
  ui.say(`${ui.colours.green('✓')} The budget ${BUDGET_NAME} is removed. Nobody is sent e-mails by it any more.`);
  ui.document({ budget: null, removed: true });
  return Exit.Done;
}

function show(context: Context, target: Target, kept: KeptBudget | undefined): number {
  const { ui, suffix } = context;
  if (kept) ui.say(sentenceOf(kept));
  else ui.say(`The account ${target.account} has no budget ${BUDGET_NAME}.`);
  ui.say(
    kept
      ? `Next: ./lab status${suffix}, or ./lab budget --remove${suffix}`
      : `Next: ./lab budget --email you@example.com --usd ${LIMIT}${suffix}`,
  );
  ui.document({ budget: kept ? documentOf(kept) : null });
  return Exit.Done;
}

const documentOf = ({ usd: limit, usdSpent }: KeptBudget) => ({
  name: BUDGET_NAME,
  usd: limit,
  ...(usdSpent !== undefined && { usdSpent }),
});

function sentenceOf({ usd: limit, usdSpent, ours }: KeptBudget): string {
  const spent = usdSpent === undefined ? '' : `, of which the whole account has used ${usd(usdSpent)}`;
  return `The budget ${BUDGET_NAME} stands: ${usd(limit)} a month${spent}${ours ? '' : '; it was not made by the labs'}. ${LATE}`;
}

function alreadyThere({ suffix }: Context, kept: KeptBudget): LabError {
  return new LabError(`There is a budget ${BUDGET_NAME} already, of ${usd(kept.usd)} a month.`, {
    why: 'An account has one of the labs, whoever does them.',
    next: kept.ours
      ? `./lab budget --remove${suffix}, then again`
      : 'Look at it in the console: Billing and Cost Management, Budgets.',
    exit: Exit.Refused,
  });
}

/**
 * One line about the budget that is kept, for `status` and for what stays after `down`.
 *
 * @returns undefined where there is none of ours
 */
async function keptBudgetLine(target: Target): Promise<string | undefined> {
  const kept = await readBudget(target);
  return kept?.ours ? `${sentenceOf(kept)} It stays after down.` : undefined;
}

/** Says it where there is one. A budget that may not be read is no failure of the command. */
export async function sayKeptBudget({ ui }: Context, target: Target): Promise<void> {
  try {
    const line = await keptBudgetLine(target);
    if (line !== undefined) ui.say(line);
  } catch (error) {
    ui.say(
      `Whether the account has the budget ${BUDGET_NAME}: not known, because ${(error as Error).name}`,
      `${ui.colours.yellow('?')} `,
    );
  }
}

function readUsd(given: string): number {
  const limit = Number(given);
  if (/^\d{1,6}(\.\d{1,2})?$/.test(given) && limit >= 1) return limit;
  throw wrongUse(
    `${JSON.stringify(given)} is not an amount of dollars.`,
    'A month’s limit is 1 or more, such as 10 or 12.50.',
    './lab budget --email you@example.com --usd 10 --target aws',
    {
      wrong: given,
      right: String(LIMIT),
    },
  );
}
