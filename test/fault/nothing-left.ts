/** What an account holds before a lab, and that it holds no more and no less after it. */
import type { Stage } from '../proof/stage';

/** The inventory of a cloud in which the lab stood once, and stands no more: the CDK's own set-up stays. */
export async function unused(stage: Stage): Promise<readonly string[]> {
  await stage.up();
  await stage.down();
  return stage.target.inventory();
}

/** Takes the lab down with `./lab down`, and expects what there was before. @param about what a failure should name */
export async function expectDown(stage: Stage, before: readonly string[], about: object = {}): Promise<void> {
  const { code, err } = await stage.cli(`down ${stage.lab.id} --target local --yes --json`);
  expect({ ...about, code, err: code === 0 ? '' : err }).toEqual({ ...about, code: 0, err: '' });
  expect({ ...about, there: await stage.target.inventory() }).toEqual({ ...about, there: before });
}
