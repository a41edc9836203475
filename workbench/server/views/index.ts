/** The views of a lab's cloud, in the order in which pages show them. */
import type { ViewId } from '../../api';
import { alarms } from './alarms';
import { architecture } from './architecture';
import { dashboard } from './dashboard';
import { decisions } from './decisions';
import { endpoints } from './endpoints';
import { inventory } from './inventory';
import { jobs } from './jobs';
import { logs } from './logs';
import { objects } from './objects';
import { pipeline } from './pipeline';
import { quality } from './quality';
import { query } from './query';
import { stacks } from './stacks';
import { tables } from './tables';
import { tuning } from './tuning';
import { versions } from './versions';
import type { View } from './view';

const VIEWS: Readonly<Record<ViewId, View>> = {
  inventory,
  architecture,
  objects,
  tables,
  query,
  quality,
  jobs,
  logs,
  tuning,
  versions,
  pipeline,
  endpoints,
  stacks,
  alarms,
  dashboard,
  decisions,
};

/** A view by its name, if the lab has it by the outputs of its stack. */
export function viewOf(id: string, outputs: Readonly<Record<string, string>>): View | undefined {
  const view = Object.hasOwn(VIEWS, id) ? VIEWS[id as ViewId] : undefined;
  const has = view?.outputs === undefined || view.outputs.some((key) => outputs[key] !== undefined);
  return has ? view : undefined;
}

export function viewsOf(outputs: Readonly<Record<string, string>>): { id: ViewId; title: string }[] {
  return (Object.keys(VIEWS) as ViewId[]).flatMap((id) => {
    const view = viewOf(id, outputs);
    return view ? [{ id, title: view.title }] : [];
  });
}

export type { Standing, View } from './view';
