/** Words of AWS CLI commands as a learner pastes them, in bash or zsh. */

/** A word of a shell command, quoted where it has to be. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_./:=@,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A shell variable inside a request: where one stands in a text, {@link requestWord} puts its value. */
export const variable = (name: string): string => `\u0000${name}\u0000`;

/** A request as one shell word, with the values of its variables. */
export function requestWord(request: object): string {
  const words = JSON.stringify(request).split('\\u0000');
  return words.map((word, i) => (i % 2 === 1 ? `"$${word}"` : quoted(word))).join('');
}

/**
 * A word of each `aws sqs` command: version 1 of the AWS CLI asks AWS itself there, whatever AWS_ENDPOINT_URL says. On AWS,
 * where that is not set, it is nothing.
 */
export const SQS_ENDPOINT = '${AWS_ENDPOINT_URL:+--endpoint-url=$AWS_ENDPOINT_URL}';
