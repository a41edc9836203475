/** Words of AWS CLI commands as a learner pastes them, in bash or zsh. */

/** A word of a shell command, quoted where it has to be. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_./:=@,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
