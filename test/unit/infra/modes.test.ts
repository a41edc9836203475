import { App } from 'aws-cdk-lib';
import type { Mode } from '../../../lib/course/model';
import { modeOutput } from '../../../lib/course/modes';
import { modesFrom } from '../../../lib/infra/modes';

const COMPUTE: Mode = {
  name: 'compute',
  values: ['training', 'processing'],
  default: 'training',
  summary: 'Where it trains.',
};

test('a mode has its default, or what the context says', () => {
  expect(modesFrom(new App({ autoSynth: false }).node, [COMPUTE])).toEqual({ compute: 'training' });
  expect(modesFrom(new App({ context: { compute: 'processing' }, autoSynth: false }).node, [COMPUTE])).toEqual({
    compute: 'processing',
  });
});

test.each(['gpu', '', 1, true])('a mode has no value %p, and says which it has', (value) => {
  expect(() => modesFrom(new App({ context: { compute: value }, autoSynth: false }).node, [COMPUTE])).toThrow(
    'there is training and processing',
  );
});

test('a mode is told by an output', () => {
  expect(modeOutput('compute')).toBe('ModeCompute');
});
