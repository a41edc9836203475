import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

/** The rooms of the design and the doors between them: what is not listed is forbidden. */
const rooms = [
  ['bin', 'bin/**'],
  ['commands', 'lib/commands/**'],
  ['course', 'lib/course/**'],
  ['target', 'lib/target/**'],
  ['teardown', 'lib/teardown/**'],
  ['aws', 'lib/aws/**'],
  ['facts', 'lib/facts/**'],
  ['field', 'lib/field/**'],
  ['flights', 'lib/flights/**'],
  ['cost', 'lib/cost/**'],
  ['doctor', 'lib/doctor/**'],
  ['infra', 'lib/infra/**'],
  ['lab', 'labs/*/**', 'name'],
  ['boot', 'local-cloud/boot/**'],
  ['services', 'local-cloud/services/**'],
  ['data', 'data/**'],
  ['scripts', 'scripts/**'],
  ['workbench', 'workbench/**'],
];

const doors = {
  bin: ['commands', 'course', 'infra', 'lab', 'target', 'workbench'],
  commands: ['commands', 'course', 'target', 'teardown', 'facts', 'cost', 'doctor', 'aws', 'data', 'field'],
  course: ['course', 'target', 'lab'],
  target: ['target', 'course'],
  teardown: ['teardown', 'course', 'target', 'aws', 'facts'],
  aws: ['aws', 'course', 'target'],
  facts: ['facts', 'course'],
  field: ['field', 'course', 'target'],
  flights: ['flights'],
  cost: ['cost', 'course', 'facts', 'target', 'teardown', 'aws'],
  doctor: ['doctor', 'course', 'target', 'aws', 'facts'],
  infra: ['infra', 'course', 'target', 'teardown', 'facts', 'aws', 'flights'],
  lab: ['course', 'infra', 'aws', 'facts', 'flights', 'data', 'target'],
  boot: ['boot', 'services'],
  services: ['services'],
  data: ['data'],
  scripts: ['scripts', 'commands', 'course', 'target', 'teardown', 'data', 'facts', 'boot', 'services', 'workbench'],
  workbench: ['workbench', 'commands', 'course', 'cost', 'target', 'aws', 'facts', 'boot'],
};

export default tseslint.config(
  {
    ignores: [
      '**/node_modules',
      '**/dist',
      '**/.vitepress/{cache,.temp}',
      'cdk.out',
      '.venv',
      '.mla-labs',
      'work',
      'coverage',
      'local-cloud/engines/**',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { boundaries },
    settings: {
      'import/resolver': { node: { extensions: ['.ts', '.js', '.json'] } },
      'boundaries/elements': rooms.map(([type, pattern, capture]) => ({
        type,
        pattern,
        partialMatch: false,
        ...(capture && { capture: [capture] }),
      })),
    },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
      eqeqeq: 'error',
    },
  },
  {
    files: [
      'bin/**/*.ts',
      'lib/**/*.ts',
      'labs/**/*.ts',
      'local-cloud/**/*.ts',
      'scripts/**/*.ts',
      'workbench/**/*.ts',
    ],
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          message: '{{from.type}} may not import {{to.type}}: see the rooms in eslint.config.mjs',
          policies: [
            ...Object.entries(doors).map(([from, allowed]) => ({
              from: { element: { type: from } },
              allow: { to: { element: { type: allowed } } },
            })),
            // A lab imports itself, and never another.
            {
              from: { element: { type: 'lab' } },
              allow: { to: { element: { type: 'lab', captured: { name: '{{from.element.captured.name}}' } } } },
            },
          ],
        },
      ],
    },
  },
  {
    // VitePress takes its configuration and its theme from default exports.
    files: ['workbench/.vitepress/**/*.{ts,mts}'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    // The one door to the local cloud.
    files: ['lib/target/local.ts'],
    rules: { 'boundaries/dependencies': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: { module: 'writable', process: 'readonly', __dirname: 'readonly', require: 'readonly' },
    },
  },
);
