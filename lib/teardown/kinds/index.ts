/** All kinds that teardown knows, one file each, and which lab can leave which. */
import type { LabId } from '../../course/model';
import type { Kind } from '../kind';
import { LAB_KINDS } from './labs';

const KINDS: readonly Kind[] = [];

/** Every kind, by its id. */
export const KIND_BY_ID: ReadonlyMap<string, Kind> = new Map(KINDS.map((kind) => [kind.id, kind]));

/** The kinds of a lab. @throws Error naming an id that no kind has */
export function kindsOf(lab: LabId): readonly Kind[] {
  return LAB_KINDS[lab].map((id) => {
    const kind = KIND_BY_ID.get(id);
    if (kind === undefined) throw new Error(`The lab ${lab} names the teardown kind ${id}, which does not exist.`);
    return kind;
  });
}
