/** What stands of lab monitoring, on the page: alarms with their metrics, what the responder decided, and reports. */
import { CloudScene } from './views';

let scene: CloudScene;
beforeAll(async () => {
  scene = await CloudScene.open('monitoring', 'baseline', 'traffic', 'analyze', 'drift', 'respond');
});
afterAll(() => scene?.close());

test('everything has the reason why it is the learner’s', async () => {
  await scene.seen.getByText('things exist because of you').waitFor();
  expect(await scene.faults()).toEqual([]);
});

test('an alarm has the metric that it watches, with its threshold', async () => {
  await scene.view('Alarms and metrics');
  const { outputs } = await scene.stage.run();
  const drift = scene.part(outputs.DriftAlarm!);
  await drift.getByText(`${outputs.DriftAlarm}: `).waitFor();
  await drift.getByRole('img').locator('canvas').waitFor();
  expect(await scene.faults()).toEqual([]);
});

test('the responder tells what it decided, step by step', async () => {
  await scene.view('Decisions');
  await scene.seen.getByText('retrain: done').waitFor();
  await scene.seen.getByText('went off.').first().waitFor();
  expect(await scene.faults()).toEqual([]);
});

test('monitoring and retraining have their logs', async () => {
  await scene.readLogs('training', 'processing');
  expect(await scene.faults()).toEqual([]);
});

test('a report is shown in a frame of its own', async () => {
  await scene.view('Objects');
  await scene.open('results/', 'response/', 'report.html');
  const report = scene.page.frameLocator('iframe[title$="report.html"]');
  await report.locator('h1, h2').first().waitFor();
  expect(await scene.faults()).toEqual([]);
});

test('the endpoint answers to a flight', async () => {
  await scene.view('Endpoints');
  await scene.seen.getByRole('button', { name: 'Send' }).click();
  await scene.seen.getByText(/^0\.\d+\s+\(\d+ ms/).waitFor();
  expect(await scene.faults()).toEqual([]);
});

test('the version that retraining made waits for an approval', async () => {
  await scene.view('Model versions');
  await scene.part('Version 1').waitFor();
  await scene.seen.getByText('PendingManualApproval').first().waitFor();
  expect(await scene.faults()).toEqual([]);
});
