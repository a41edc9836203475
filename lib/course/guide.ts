/** A guide as it reads for one learner: the guides are written for the learner `me`. */
import { DEFAULT_LEARNER, LAB_IDS } from './names';

const NAME = new RegExp(`(mla-labs-(?:${LAB_IDS.join('|')})-)${DEFAULT_LEARNER}(?![a-z0-9])`, 'g');
const PATH = new RegExp(`(/mla-labs/(?:${LAB_IDS.join('|')})/)${DEFAULT_LEARNER}(?=/)`, 'g');
/** A command of this project as far as its words go: what a shell reads as its own, and a comment, end it. */
const COMMAND = /\.\/lab (?:[\w-]+|<[\w-]+>)(?: (?:[\w.@/*'-]+|<[\w-]+>|…))*/g;

/** Verbs that are about no learner. */
const NOBODYS = /^\.\/lab (?:list|guide|open|rehearse|budget|<)/;

/**
 * Puts a learner's names in place of those that the guide has, and options behind its commands.
 *
 * @param markdown the guide, or a part of it
 * @param options of each `./lab` command that goes to a lab, such as ` --learner ana --region eu-west-1`; empty for none
 */
export function guideFor(markdown: string, learner: string, options: string): string {
  return markdown
    .replace(NAME, `$1${learner}`)
    .replace(PATH, `$1${learner}`)
    .replace(COMMAND, (command) => {
      if (NOBODYS.test(command)) return command;
      const missing = options
        .split(/ (?=--)/)
        .filter((one) => one.startsWith('--') && !command.includes(` ${one.split(' ')[0]}`));
      return [command, ...missing].join(' ');
    });
}
