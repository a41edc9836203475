/** What stands of lab training, on the page: jobs with their logs, trials, versions. */
import { CloudScene } from './views';

let scene: CloudScene;
beforeAll(async () => {
  scene = await CloudScene.open('training', 'data', 'train', 'tune', 'evaluate', 'register', 'approve');
});
afterAll(() => scene?.close());

test('everything leads to a view of it', async () => {
  await scene.seen.getByText('things exist because of you').waitFor();
  expect(await scene.faults()).toEqual([]);
});

test('what jobs made lies in the bucket', async () => {
  await scene.view('Objects');
  await scene.part('Objects').getByRole('button').first().waitFor();
  expect(await scene.faults()).toEqual([]);
});

test('trainings and processing jobs have their logs', async () => {
  await scene.readLogs('training', 'processing');
  expect(await scene.faults()).toEqual([]);
});

test('each trial of the tuning job has its objective, in a chart and a table', async () => {
  await scene.view('Tuning');
  await scene.seen.getByRole('img', { name: 'by trial' }).waitFor();
  const trials = scene.part(/^Trials of /).locator('tbody tr');
  expect(await trials.count()).toBeGreaterThan(1);
  expect(await trials.filter({ hasText: /0\.\d+/ }).count()).toBe(await trials.count());
  expect(await scene.faults()).toEqual([]);
});

test('a version has its figures and its approval', async () => {
  await scene.view('Model versions');
  await scene.seen.getByText(/^Version \d: Approved$/).waitFor();
  await scene.part('Version 1').locator('dt', { hasText: 'auc' }).first().waitFor();
  expect(await scene.faults()).toEqual([]);
});
