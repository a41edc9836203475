/** Where the commands that findings name act. */
import { quoted } from '../course/shell';
import type { Target } from '../target/target';

/** What every look needs besides the target. */
export interface Place {
  readonly target: Target;
  readonly learner: string;
  /** ` --target aws --profile ana`, behind each `./lab …`. */
  readonly suffix: string;
}

/** ` --profile ana`, behind commands of AWS's own tools; nothing without a profile. */
export function profileOption({ shellEnv }: Pick<Target, 'shellEnv'>): string {
  const { AWS_PROFILE } = shellEnv();
  return AWS_PROFILE === undefined ? '' : ` --profile ${quoted(AWS_PROFILE)}`;
}
