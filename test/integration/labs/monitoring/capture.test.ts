/** What the checks of lab monitoring read from a capture, and compute from it. */
import { replayIn, parseCapture, flightsWithScores } from '../../../../labs/monitoring/capture/captured-requests';
import {
  columnsOf,
  distances,
  driftedFeatures,
  kolmogorovSmirnov,
  trainingColumns,
} from '../../../../labs/monitoring/analysis/distance';
import {
  sampleFlights,
  flightsOf,
  HELD_OUT,
  inferenceId,
  JULY,
  parseInferenceId,
  rowsOf,
} from '../../../../labs/monitoring/traffic/flights';
import { aucOfScores } from '../../../../labs/monitoring/endpoint/models';
import { groundTruthLine } from '../../../../labs/monitoring/capture/ground-truth';

interface Parts {
  id?: string;
  time?: string;
  data?: string;
  answer?: string;
  encoding?: string;
}

const line = ({
  id = 'held-out.7.abc',
  time = '2026-11-23T10:00:00Z',
  data,
  answer = '0.2\n',
  encoding = 'CSV',
}: Parts) =>
  JSON.stringify({
    captureData: {
      endpointInput: {
        observedContentType: 'text/csv',
        mode: 'INPUT',
        data: data ?? flightsOf(HELD_OUT)[7]!.body,
        encoding,
      },
      endpointOutput: { observedContentType: 'text/csv', mode: 'OUTPUT', data: answer, encoding },
    },
    eventMetadata: { eventId: 'e', inferenceId: id, inferenceTime: time },
    eventVersion: '0',
  });

describe('ids', () => {
  test('an id says batch, row and run', () => {
    expect(parseInferenceId(inferenceId(JULY, 12, 'ab12cd34'))).toEqual({ batch: JULY, row: 12, stamp: 'ab12cd34' });
  });

  test.each(['', 'x', 'try.0.cli', 'held-out.-1.a', 'held-out.1', '2013-7.1.a'])('%j is none of this lab', (id) => {
    expect(parseInferenceId(id)).toBeUndefined();
  });
});

describe('a captured file', () => {
  test('lines of others, cut off or empty are left out', () => {
    const text = [
      '',
      line({}).slice(0, 80),
      '{}',
      'null',
      line({ id: 'other' }),
      line({ time: 'noon' }),
      line({}),
    ].join('\n');
    expect(parseCapture(text)).toMatchObject([{ batch: HELD_OUT, row: 7, stamp: 'abc', score: 0.2 }]);
  });

  test('base64 is decoded', () => {
    const [read] = parseCapture(
      line({ data: Buffer.from('1,2\n').toString('base64'), answer: 'MC41Cg==', encoding: 'BASE64' }),
    );
    expect(read).toMatchObject({ body: '1,2', score: 0.5 });
  });

  test('an answer that is no probability is NaN', () => {
    expect(parseCapture(line({ answer: '' }))[0]!.score).toBeNaN();
  });

  test('the newest run of a batch, with the window of its whole seconds', () => {
    const text = [
      line({ id: 'held-out.1.old', time: '2026-11-23T09:00:00Z' }),
      line({ id: 'held-out.2.new', time: '2026-11-23T10:00:05Z' }),
      line({ id: 'held-out.1.new', time: '2026-11-23T10:00:01Z' }),
      line({ id: `${JULY}.1.july`, time: '2026-11-23T11:00:00Z' }),
    ].join('\n');
    expect(replayIn(parseCapture(text), HELD_OUT)).toMatchObject({
      stamp: 'new',
      window: { start: '2026-11-23T10:00:01Z', end: '2026-11-23T10:00:06Z' },
    });
    expect(replayIn(parseCapture(text), '2013-09')).toBeUndefined();
  });

  test('a request that was not the flight of its id is none', () => {
    const sent = replayIn(parseCapture([line({}), line({ id: 'held-out.8.abc' })].join('\n')), HELD_OUT)!;
    expect(flightsWithScores(sent).map(({ flight }) => flight.row)).toEqual([7]);
  });
});

describe('flights', () => {
  test('the same are drawn each time, and no flight twice', () => {
    const rows = sampleFlights(HELD_OUT, 1000).map(({ row }) => row);
    expect(sampleFlights(HELD_OUT, 1000).map(({ row }) => row)).toEqual(rows);
    expect(new Set(rows).size).toBe(1000);
    expect(sampleFlights(HELD_OUT, 1000, 'other').map(({ row }) => row)).not.toEqual(rows);
  });

  test('truth in Model Monitor’s form', () => {
    expect(JSON.parse(groundTruthLine('held-out.1.a', 1))).toEqual({
      groundTruthData: { data: '1', encoding: 'CSV' },
      eventMetadata: { eventId: 'held-out.1.a' },
      eventVersion: '0',
    });
  });
});

describe('distances', () => {
  const sorted = (...values: number[]): Float64Array => Float64Array.from(values).sort();

  test.each([
    ['the same', sorted(1, 2, 3), sorted(1, 2, 3), 0],
    ['apart', sorted(1, 2), sorted(3, 4), 1],
    ['half of it', sorted(1, 2, 3, 4), sorted(1, 2, 9, 9), 0.5],
    ['ties', sorted(1, 1, 1, 2), sorted(1, 2, 2, 2), 0.5],
    ['other sizes', sorted(1, 2, 3, 4, 5), sorted(3), 0.4],
  ])('%s', (_what, a, b, gap) => {
    expect(kolmogorovSmirnov(a, b)).toBeCloseTo(gap, 12);
    expect(kolmogorovSmirnov(b, a)).toBeCloseTo(gap, 12);
  });

  test('chance is taken off: the training data is no way from itself', () => {
    const far = distances(trainingColumns());
    expect(far.size).toBe(trainingColumns().size);
    expect(Math.max(...far.values())).toBe(0);
  });

  test.each(['a', 'b', 'c', 'd', 'e'])('held-out flights are clean (seed %s), July is not', (seed) => {
    const drifted = (batch: string): string[] =>
      driftedFeatures(distances(columnsOf(rowsOf(sampleFlights(batch, 1000, seed)))));
    expect(drifted(HELD_OUT)).toEqual([]);
    expect(drifted(JULY).slice(0, 2)).toEqual(['temp', 'dewp']);
  });
});

test('AUC of joined scores', () => {
  const judged = [0.1, 0.4, 0.35, 0.8].map((score, at) => ({
    flight: { row: at, body: '', late: at > 1 ? 1 : 0 } as const,
    score,
  }));
  expect(aucOfScores(judged)).toBe(0.75);
});
