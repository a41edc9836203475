/** `AccessDeniedException: User: … is not authorized`: an error as part of a sentence. */
export function reasonOf(error: unknown): string {
  const { name, message } = error as Error;
  return `${name}: ${(message.split('\n')[0] ?? '').slice(0, 200)}`;
}
