/** What all challenges of all labs hold to. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pointsOf, solutionFile, type Challenge } from '../../../lib/course/challenge';
import type { Lab } from '../../../lib/course/model';
import { LABS } from '../../../lib/course/registry';

const exam = readFileSync(resolve(__dirname, '../../../docs/exam.md'), 'utf8');

describe.each(LABS)('the challenges of $id', (entry) => {
  let lab: Lab;
  let challenges: readonly Challenge[];
  beforeAll(async () => {
    lab = await entry.lab();
    challenges = await entry.challenges();
  });

  test('are two at least, each of ten points, its names its own', () => {
    expect(challenges.length).toBeGreaterThanOrEqual(2);
    expect(new Set(challenges.map(({ id }) => id)).size).toBe(challenges.length);
    for (const challenge of challenges) {
      expect(pointsOf(challenge)).toBe(10);
      const ids = challenge.criteria.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  test('name steps that there are, a task of the exam, and where to read', () => {
    for (const { steps, task, learn } of challenges) {
      expect(lab.steps.map(({ id }) => id)).toEqual(expect.arrayContaining([...steps]));
      expect(exam).toMatch(new RegExp(`^\\| ${task.replace('.', '\\.')} `, 'm'));
      for (const one of learn) expect(one).toMatch(/^(https:\/\/|\.\/lab guide )/);
    }
  });

  test('have a solution each, and the guide names them', () => {
    const guide = readFileSync(join(lab.folder, 'README.md'), 'utf8');
    for (const challenge of challenges) {
      expect(existsSync(join(lab.folder, solutionFile(challenge)))).toBe(true);
      expect(guide).toContain(`\`${challenge.id}\``);
    }
    expect(guide).toContain('## On your own\n');
  });
});
