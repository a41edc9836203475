/** Commands in what the functions say: messages are read by the learner whose lab it is. */
import { DEFAULT_LEARNER } from '../../../../lib/course/names';

/** `./lab step deployment source`, with the learner's name where one is needed. */
export function stepCommand(step: string): string {
  const { LEARNER: learner = DEFAULT_LEARNER } = process.env;
  return `./lab step deployment ${step}${learner === DEFAULT_LEARNER ? '' : ` --learner ${learner}`}`;
}
