/** Grants hold against what AWS documents: which types of resources an action is checked on, and which of them must be there. */
import authorization from '../../service-authorization.json';
import { worldOf, type Grant } from './learner-world';

const ACTIONS = authorization.actions as Readonly<Record<string, readonly string[]>>;
const TYPES = authorization.types as Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A model of a version is made on the version, too: https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html */
const MORE: Readonly<Record<string, readonly string[]>> = {
  'sagemaker:CreateModel': ['model-package'],
  // Published policies name the group as well; it does no harm.
  'sagemaker:CreateModelPackage': ['model-package-group'],
  // One statement has all reads of a catalog; neither does this.
  'glue:GetDatabase': ['table'],
};

let grants: readonly Grant[];
beforeAll(async () => {
  grants = (await worldOf('a-b')).grants;
});

/** Type of the resources that a pattern of an action is about; `*` for all; undefined where it is none of the action's. */
function typeOf(action: string, pattern: string): string | undefined {
  if (pattern === '*') return '*';
  const service = action.split(':')[0]!;
  const types = [...(ACTIONS[action] ?? []).map((one) => one.replace('*', '')), ...(MORE[action] ?? [])];
  return types.find((type) => {
    const arn = TYPES[service]?.[type] ?? '';
    const text = arn.replaceAll(/[.+?^()|[\]\\*]/g, '\\$&').replaceAll(/\$\{[^}]+\}/g, '.*');
    // `stack/*` reaches what has two parts, too.
    return [pattern, ...(pattern.endsWith('*') ? [`${pattern}/*`] : [])].some((one) =>
      new RegExp(`^${text}$`).test(one),
    );
  });
}

/** Streams are granted by a pattern on their group, as AWS's own policies do. */
const known = ({ actions }: Grant): string[] => actions.filter((one) => one in ACTIONS && !one.startsWith('logs:'));

test('every grant is on a type that its action has', () => {
  const strange = grants.flatMap((grant) =>
    known(grant).flatMap((action) =>
      grant.resources
        .filter((pattern) => typeOf(action, pattern) === undefined)
        .map((pattern) => `${grant.lab} ${grant.role}: ${action} on ${pattern}`),
    ),
  );
  expect(strange).toEqual([]);
});

test('every type that an action must have is granted, and those that AWS documents elsewhere', () => {
  const lacking = grants.flatMap((grant) =>
    known(grant).flatMap((action) => {
      const patterns = grants
        .filter(({ lab, role, actions }) => lab === grant.lab && role === grant.role && actions.includes(action))
        .flatMap(({ resources }) => resources);
      const have = new Set(patterns.map((pattern) => typeOf(action, pattern)));
      const wanted = [
        ...ACTIONS[action]!.flatMap((one) => (one.endsWith('*') ? [one.slice(0, -1)] : [])),
        ...(MORE[action] ?? []),
      ];
      return wanted
        .filter((type) => !have.has('*') && !have.has(type) && !sameArn(action, type, have))
        .map((type) => `${grant.lab} ${grant.role}: ${action} on no ${type}`);
    }),
  );
  expect([...new Set(lacking)]).toEqual([]);
});

/** Types with one ARN, as Glue's catalog has under two names. */
function sameArn(action: string, type: string, have: ReadonlySet<string | undefined>): boolean {
  const types = TYPES[action.split(':')[0]!] ?? {};
  return [...have].some((one) => one !== undefined && types[one]?.startsWith(types[type] ?? ' '));
}

test('an action is granted in the same form in all labs: on the same types, under the same conditions', () => {
  const forms = new Map<string, Map<string, string[]>>();
  const roles = new Set(
    grants.filter(({ role }) => !role.startsWith('Lease')).map(({ lab, role }) => `${lab} ${role}`),
  );
  for (const of of roles) {
    const own = grants.filter(({ lab, role }) => `${lab} ${role}` === of);
    for (const action of new Set(own.flatMap(known))) {
      const form = own
        .filter(({ actions }) => actions.includes(action))
        .flatMap(({ resources, conditions }) => {
          const keys = Object.values(conditions)
            .flatMap((block) => Object.keys(block))
            .sort();
          return resources.map((pattern) => `${typeOf(action, pattern)}${keys.length > 0 ? ` if ${keys.join()}` : ''}`);
        });
      const text = [...new Set(form)].sort().join('; ');
      const all = forms.get(action) ?? new Map<string, string[]>();
      forms.set(action, all.set(text, [...(all.get(text) ?? []), of]));
    }
  }
  const several = [...forms]
    .filter(([, all]) => all.size > 1)
    .map(([action, all]) => [action, Object.fromEntries(all)]);
  expect(several).toEqual([]);
});
