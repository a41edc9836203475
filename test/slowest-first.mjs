/**
 * Begins with the tests that take minutes: left for last, one of them keeps one core busy while the other rests. Jest knows
 * the seconds of each file from its last run, and on a clean checkout their sizes only, which say little of whole labs.
 */
import Sequencer from '@jest/test-sequencer';

/** The slowest first; the first pattern that matches counts. */
const SLOW = [
  /rehearsal\/monitoring/,
  /fault\/(faces-(monitoring|deployment|data-prep)|leftovers)/,
  /(rehearsal|fault)\//,
  /proof\/(monitoring|training|deployment|data-prep)-learner/,
  /proof\/(training-(fresh|jobs|after)|monitoring-(managed|teardown)|next-lines)/,
  /proof\/(training|monitoring|deployment|data-prep)-/,
  /proof\//,
  /integration\//,
];

const rankOf = ({ path }) => {
  const found = SLOW.findIndex((pattern) => pattern.test(path));
  return found === -1 ? SLOW.length : found;
};

export default class SlowestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rankOf(a) - rankOf(b));
  }
}
