/** The templates as judged by the schemas of CloudFormation's registry, in every mode: what a deployment would refuse. */
import { execFileSync } from 'node:child_process';
import { venvPython } from '../../local-cloud/boot/python';
import { LOCAL_CLOUD } from '../../local-cloud/boot/paths';
import { labEntry, LABS } from '../../lib/course/registry';
import { synthesize, type Resource } from '../snapshot/template';

/** Reads resources by name on its input, and says what CloudFormation would refuse of each, and which have no schema. */
const JUDGE = `
import json, sys
from plugin import cloudformation_schemas as schemas
resources = json.load(sys.stdin)
refused = [schemas.refusal(name, one["Type"], one.get("Properties") or {}) for name, one in resources.items()]
free = {one["Type"] for one in resources.values() if schemas.schema(one["Type"]) is None}
print(json.dumps({"refused": [one for one in refused if one], "free": sorted(free)}))
`;

function judge(resources: Readonly<Record<string, Pick<Resource, 'Type' | 'Properties'>>>): {
  readonly refused: readonly string[];
  readonly free: readonly string[];
} {
  const env = { ...process.env, PYTHONPATH: LOCAL_CLOUD, AUTH: 'true' };
  const out = execFileSync(venvPython(), ['-c', JUDGE], { env, input: JSON.stringify(resources), encoding: 'utf8' });
  return JSON.parse(out) as ReturnType<typeof judge>;
}

test.each(LABS.map(({ id }) => id))('nothing of %s is refused, in any mode', async (id) => {
  const { modes } = await labEntry(id)!.lab();
  const others = modes.flatMap(({ name, values, default: usual }) =>
    values.filter((value) => value !== usual).map((value) => ({ [name]: value })),
  );
  for (const context of [{}, ...others]) {
    const { Resources } = await synthesize(id, 'me', { context });
    const { refused, free } = judge(Resources);
    expect({ context, refused }).toEqual({ context, refused: [] });
    // All that is AWS's has a schema; what is left over are custom resources.
    expect(free.filter((type) => !type.startsWith('Custom::'))).toEqual([]);
  }
});

test.each<[string, (properties: Record<string, unknown>) => void, string]>([
  ['a property that there is not', (one) => (one.ReservedConcurrency = 1), 'extraneous key [ReservedConcurrency]'],
  ['no role', (one) => delete one.Role, 'required key [Role] not found'],
  ['too little memory', (one) => (one.MemorySize = 1), '#/MemorySize: failed validation constraint for keyword'],
])('a function with %s is refused', async (_what, spoil, words) => {
  const { Resources } = await synthesize('data-prep');
  const [name, lambda] = Object.entries(Resources).find(([, { Type }]) => Type === 'AWS::Lambda::Function')!;
  spoil(lambda.Properties);
  const { refused } = judge(Resources);
  expect(refused).toHaveLength(1);
  expect(refused[0]).toContain(`Properties validation failed for resource ${name} with message:`);
  expect(refused[0]).toContain(words);
});
