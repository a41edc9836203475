/** Asks until there is an answer, however slow the machine is: Jest's own timeout ends a wait in vain. */
export async function until<T>(ask: () => Promise<T | undefined | false>, pollMs = 250): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
