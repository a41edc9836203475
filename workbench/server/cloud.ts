/** Looks at a lab that stands, for its views: each look opens the target anew, as a verb does, so that none is of a cloud that is gone. */
import { Context } from '../../lib/commands/context';
import { type Deps, workFolder } from '../../lib/commands/deps';
import { Interrupts } from '../../lib/commands/interrupt';
import type { Options } from '../../lib/commands/options';
import { requireDeployed } from '../../lib/commands/require-deployed';
import { gameDayOf } from '../../lib/course/game-days';
import type { Lab } from '../../lib/course/model';
import { readOnly } from '../../lib/target/read-only';
import type { CloudView, GameDayView } from '../api';
import { PageUi } from './page-ui';
import { viewOf, viewsOf, type Standing, type View } from './views';
import type { Asked } from './views/view';

export class Cloud {
  constructor(
    private readonly deps: Deps,
    private readonly options: Options,
  ) {}

  /** What stands, and what of it can be looked at. @throws LabError where the lab does not stand */
  view(lab: Lab): Promise<CloudView> {
    return this.with(lab, async ({ run, stack }) => ({
      target: run.target,
      region: run.region,
      stack: run.stackName,
      status: stack.status,
      views: viewsOf(run.outputs),
    }));
  }

  /** The game day that goes on in the lab as it stands, as far as this folder knows. @throws LabError where the lab does not stand */
  gameDay(lab: Lab): Promise<GameDayView | undefined> {
    return this.with(lab, async ({ run, stack }) => {
      const day = gameDayOf(workFolder(this.deps.root, lab.id), run, stack.id);
      return day && { symptom: day.symptom, since: day.at, hints: day.hints };
    });
  }

  /** @returns undefined where the lab has no such view */
  read(lab: Lab, id: string, asked: Asked): Promise<unknown> {
    return this.look(lab, (standing) => viewOf(id, standing.run.outputs)?.read(standing, asked));
  }

  /** What a click asks for. @returns undefined where nothing can be asked so */
  act(lab: Lab, id: string, body: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.with(lab, async (standing) => viewOf(id, standing.run.outputs)?.act?.(standing, body));
  }

  /** Gives clients that can only read. */
  look<T>(lab: Lab, use: (standing: Standing) => Promise<T> | undefined): Promise<T | undefined> {
    return this.with(lab, async ({ run, ...rest }) =>
      use({ ...rest, run: { ...run, clients: readOnly(run.clients) } }),
    );
  }

  private async with<T>(lab: Lab, use: (standing: Standing) => Promise<T>): Promise<T> {
    const { deps } = this;
    const context = new Context(new PageUi(() => undefined), this.options, deps, new Interrupts());
    try {
      const { run, standing } = await requireDeployed(context, lab, `check ${lab.id}`);
      return await use({ run, stack: standing, teardown: () => deps.teardown(), spending: () => deps.spending() });
    } finally {
      await context.close();
    }
  }
}

export type { View };
