/** `npx tsx scripts/docs/troubleshooting.ts` writes docs/troubleshooting.md from the catalogue of messages. */
import type { Situation } from '../../lib/commands/catalogue';
import { messageOf } from '../../lib/commands/messages';
import { type Failure, FAILURES } from './failures';
import { writePage } from './page';

/** The command that met the failure: the first one that a learner types in an account. */
function situation({ target = 'aws' }: { readonly target?: 'aws' | 'local' }): Situation {
  return { command: 'up data-prep', suffix: ` --target ${target}`, options: { target, region: 'us-east-1' } };
}

function section(failure: Failure): string {
  const { what, why, next } = messageOf(failure.error, situation(failure));
  const { reason, message } = failure.error as Error & { reason?: string };
  return `### ${failure.title}

\`\`\`text
${reason ?? message}
\`\`\`

**${what}** ${why}

Next: ${next}
`;
}

/** The whole page. */
export function troubleshootingPage(): string {
  return `# When something fails

Every message of \`./lab\` says what failed, why, and which command comes next. This page has them all, for who searches for the
words of AWS. \`--verbose\` adds where it happened, \`--json\` gives the same as a document
([docs/cli.md](cli.md)).

## What to try first

| You see | It means | Next |
| --- | --- | --- |
| \`✗\` from a check | the check looked, and the step is not done | the command behind “Next”; \`./lab hint <lab> <step>\` |
| \`?\` from a check, exit code 4 | the check could not look: nothing is known of the step | what refused it stands beside it; then the check again |
| exit code 1 from \`down\` | something of yours stands still, or a Region could not be asked | \`./lab down\` once more: it goes on where it stopped |
| exit code 3 | refused for your safety: nothing was changed | the message names the option that says you mean it |
| “There is no lab …”, though you made one | another Region, account, profile or learner | \`./lab status --target aws\`: it looks in the other Regions as well |
| the lab is gone, and you did not take it down | its lease ended it, eight hours after \`up\` | \`./lab up\`; next time \`./lab extend\`, or \`--hours 24\` |
| a step stands still for many minutes | AWS takes that long; the guide says how long each step takes | Ctrl-C is safe: the message says what goes on without you |
| a closed laptop, a lost connection in the middle | what AWS had begun goes on | \`./lab status --wait\`, then the same command again |
| a bill that you do not understand | something may still stand, in a Region that you forgot | \`./lab status --target aws\`, then [Taking a lab down](teardown.md) |
| builds that wait for ever (lab deployment) | some new accounts hold back builds | \`./lab up deployment --build lambda\` |
| Model Monitor “not available to new customers” | AWS closed it to new accounts | \`./lab up monitoring --monitor open\`, which is the default |
| an endpoint or a job that a quota of 0 refuses | new accounts begin with quotas of 0 | \`./lab doctor --request-quotas --target aws\`, some days before |

## In the words of AWS, the CDK and the machine

Each with the words that came, what \`./lab\` says to them, and the next command. Here the command was \`./lab up data-prep\`.

${FAILURES.map(section).join('\n')}
`;
}

if (require.main === module) writePage('troubleshooting.md', troubleshootingPage());
