/** What the lab costs goes by who analyses and where it retrains. */
import { lab } from '../../../../labs/monitoring/lab';
import { estimate, linesOf } from '../../../../lib/cost/estimate';

const items = (modes: Record<string, string>): string[] => linesOf(lab, modes).map(({ item }) => item);

test('each combination of modes pays for each item once', () => {
  for (const monitor of ['open', 'managed']) {
    for (const compute of ['training', 'processing']) {
      const paid = items({ monitor, compute });
      expect(paid).toHaveLength(new Set(paid).size);
      expect(paid).toEqual(expect.arrayContaining(['Endpoint', 'Retraining', 'Alarms']));
      expect(paid.filter((item) => item.startsWith('Analyses'))).toHaveLength(1);
    }
  }
});

test('Model Monitor costs more than the analysis of our own, and no mode named means the default ones', () => {
  expect(estimate(lab, 1, { monitor: 'managed' }).usdPerHour).toBeGreaterThan(estimate(lab, 1).usdPerHour + 0.01);
  expect(linesOf(lab)).toEqual(linesOf(lab, { monitor: 'open', compute: 'training' }));
});
