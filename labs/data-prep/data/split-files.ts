/** What the split files hold, read line by line. */
import { listObjects, readObject } from '../../../lib/aws/s3';
import { dataPlan, type SliceName } from '../../../lib/course/data-plan';
import type { LabRun } from '../../../lib/course/run';

export const splitPrefix = (slice: SliceName): string => `split/${slice}/`;

/** Figures that are the same for the same rows in any order, and almost surely differ for other rows. */
export interface SliceFigures {
  readonly rows: number;
  readonly late: number;
  /** Sum of scheduled departures, minutes. */
  readonly minutes: number;
  /** Sum of distances, miles. */
  readonly miles: number;
  /** Rows without a temperature. */
  readonly noTemp: number;
  /** Rows without a plane's age. */
  readonly noAge: number;
}

export interface SliceFiles {
  readonly files: number;
  readonly figures: SliceFigures;
  /** The first thing that SageMaker's XGBoost would stumble over, in words. */
  readonly fault?: string;
}

const VALUE = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** Reads a slice. Reading stops at the first fault. */
export async function readSlice(run: LabRun, bucket: string, slice: SliceName): Promise<SliceFiles> {
  const objects = (await listObjects(run, bucket, splitPrefix(slice))).filter(({ bytes }) => bytes > 0);
  const sum = new Sum();
  for (const { key } of objects) {
    const content = await readObject(run, bucket, key);
    const fault = contentFault(content) ?? sum.add(content.toString('utf8'));
    if (fault) return { files: objects.length, figures: sum.figures(), fault: `s3://${bucket}/${key} ${fault}` };
  }
  return { files: objects.length, figures: sum.figures() };
}

function contentFault(content: Buffer): string | undefined {
  if (content[0] === 0x1f && content[1] === 0x8b)
    return `is compressed with gzip, UNLOAD's default. Set compression = 'NONE'.`;
  if (content.subarray(0, 4).toString('latin1') === 'PAR1') return `is Parquet. Set format = 'TEXTFILE'.`;
  const first = content.subarray(0, Math.max(0, content.indexOf(10)));
  if (first.includes(1)) return `has its fields apart by \\x01, UNLOAD's default. Set field_delimiter = ','.`;
  return undefined;
}

class Sum {
  private readonly expected = dataPlan().features.length + 1;
  private readonly at = Object.fromEntries(dataPlan().features.map(({ name }, i) => [name, i + 1]));
  private total = { rows: 0, late: 0, minutes: 0, miles: 0, noTemp: 0, noAge: 0 };

  figures(): SliceFigures {
    return { ...this.total };
  }

  /** Adds the lines of a file. @returns the first fault in words */
  add(text: string): string | undefined {
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const [i, line] of lines.entries()) {
      const fields = line.split(',');
      const fault = this.fault(fields, line);
      if (fault) return `line ${i + 1}: ${fault}`;
      const cell = (name: string): string => fields[this.at[name] ?? -1] ?? '';
      this.total.rows += 1;
      this.total.late += Number(fields[0]);
      this.total.minutes += Number(cell('sched_dep_minute'));
      this.total.miles += Number(cell('distance'));
      this.total.noTemp += cell('temp') === '' ? 1 : 0;
      this.total.noAge += cell('plane_age') === '' ? 1 : 0;
    }
    return undefined;
  }

  private fault(fields: readonly string[], line: string): string | undefined {
    const { label, features } = dataPlan();
    if (fields.length !== this.expected) {
      return `it has ${fields.length} fields, expected ${this.expected}: ${label.name} and ${this.expected - 1} features.`;
    }
    const wrong = fields.findIndex((field) => field !== '' && !VALUE.test(field));
    const shown = JSON.stringify(fields[wrong]);
    if (wrong >= 0) {
      if (fields[wrong] === '\\N')
        return String.raw`it has \N for a missing value. Write nothing there: COALESCE(CAST(x AS varchar), '').`;
      if (fields[wrong] === label.name || features.some(({ name }) => name === fields[wrong])) {
        return `it is a header (${line.slice(0, 40)} …). SageMaker's XGBoost would take it for data.`;
      }
      return `field ${wrong + 1} is ${shown}, which is no number.`;
    }
    if (fields[0] !== '0' && fields[0] !== '1') {
      return `its first field is ${JSON.stringify(fields[0])}, and the label, 0 or 1, has to come first.`;
    }
    return undefined;
  }
}
