import { Exit } from '../course/errors';
import { boundary, learnerPolicies, policyPart, policyParts, wholePolicy } from '../target/learner-policy';
import { partitionOf } from '../aws/partition';
import { closestMatch } from './closest-match';
import type { Context } from './context';
import { wrongUse } from './options';

const BOUNDARY = 'boundary';

/**
 * `doctor --policy [part]`: what a learner has to be allowed who is no administrator, for the account and Region at hand:
 * one document, and nothing else on stdout.
 *
 * @param asked a part that fits into a managed policy, `true` for all of it, which fits into a permission set, or
 *   `boundary` for the permissions boundary
 * @throws LabError (wrong use) for a part that there is not
 */
export async function printPolicy(context: Context, asked: string): Promise<number> {
  const { ui } = context;
  const parts = [...policyParts(), BOUNDARY];
  if (asked !== 'true' && !parts.includes(asked)) {
    throw wrongUse(
      `The policy has no part ${JSON.stringify(asked)}.`,
      `Its parts are ${parts.join(', ')}; without one it is printed whole.`,
      './lab doctor --policy --target aws',
      { wrong: asked, right: closestMatch(asked, parts)[0] ?? parts[0]! },
    );
  }
  const { name, account, region } = await context.target('doctor --policy');
  const place = { partition: partitionOf(region), account, region };
  ui.settle();
  const wanted =
    asked === 'true' ? wholePolicy(place) : asked === BOUNDARY ? boundary(place) : policyPart(asked, place);
  if (!context.options.json) ui.raw(JSON.stringify(wanted, null, 2));
  const policies = Object.entries(learnerPolicies(place)).map(([policy, text]) => ({
    name: policy,
    document: JSON.parse(text) as object,
  }));
  ui.document({ target: name, account, region, policies });
  return Exit.Done;
}
