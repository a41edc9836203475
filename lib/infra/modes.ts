import type { Node } from 'constructs';
import type { Mode } from '../course/model';

/**
 * The value of each mode, from the context (`-c compute=processing`) or its default.
 *
 * @throws Error naming the value that a mode does not have, and those that it has
 */
export function modesFrom(node: Node, modes: readonly Mode[]): Record<string, string> {
  return Object.fromEntries(
    modes.map((mode) => {
      const value: unknown = node.tryGetContext(mode.name) ?? mode.default;
      if (typeof value !== 'string' || !mode.values.includes(value)) {
        throw new Error(`There is no mode ${mode.name}=${String(value)}; there is ${mode.values.join(' and ')}.`);
      }
      return [mode.name, value];
    }),
  );
}
