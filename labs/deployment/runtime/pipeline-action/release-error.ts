/** Says why a release may not go on, for a person: it becomes the message of the pipeline's action. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
}
