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

test('the dashboard has its widgets, and lines where there are data', async () => {
  await scene.view('Dashboard');
  await scene.part('Alarms').getByText('--drift: ').waitFor();
  await scene.part('Features that drifted, of the latest analyses').locator('canvas').waitFor();
  await scene
    .part('Time that the model takes, in milliseconds')
    .getByText(/half of the requests: [\d.]+/)
    .waitFor();
  expect(await scene.faults()).toEqual([]);
});

test('a query of Logs Insights counts requests in the log of the endpoint; a wrong one says why it failed', async () => {
  await scene.view('Logs Insights');
  const form = scene.seen.getByRole('form', { name: 'Query the logs' });
  const { outputs } = await scene.stage.run();
  await form.getByRole('combobox', { name: 'Log group' }).selectOption(`/aws/sagemaker/Endpoints/${outputs.Endpoint!}`);
  await form.getByRole('combobox', { name: 'Time' }).selectOption('last day');
  const query = form.getByRole('textbox', { name: 'Query' });
  await query.fill('filter @message like /invocations/\n| stats count(*) as requests by bin(1h)');
  await form.getByRole('button', { name: 'Run the query' }).click();
  await scene.part('Rows').locator('th', { hasText: 'requests' }).waitFor();
  expect(await scene.faults()).toEqual([]);
  await query.fill('nonsense <img src=x onerror=alert(1)>');
  await form.getByRole('button', { name: 'Run the query' }).click();
  await scene.seen.getByRole('alert').getByText('MalformedQueryException').waitFor();
  // The browser itself says on its console what was refused.
  expect(scene.browser.faults.splice(0)).toEqual([expect.stringContaining('500 (Internal Server Error)')]);
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
