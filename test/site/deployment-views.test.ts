/** What stands of lab deployment, on the page: the pipeline with its approval, and an endpoint that answers. */
import { CloudScene } from './views';

let scene: CloudScene;
beforeAll(async () => {
  scene = await CloudScene.open('deployment', 'source', 'release', 'staging');
});
afterAll(() => scene?.close());

test('everything has the reason why it is the learner’s', async () => {
  await scene.seen.getByText('things exist because of you').waitFor();
  expect(await scene.faults()).toEqual([]);
});

test('the source and the evidence lie in two buckets', async () => {
  await scene.view('Objects');
  await scene.part('Objects').getByRole('button').first().waitFor();
  await scene.seen.getByRole('combobox', { name: 'Bucket' }).selectOption({ index: 1 });
  await scene.part('Objects').getByRole('button').first().waitFor();
  expect(await scene.faults()).toEqual([]);
});

test('a file is uploaded, under a key that is chosen, and shown as it is', async () => {
  await scene.view('Objects');
  await scene.upload('notes/<img src=x onerror=alert(1)>.csv', 'a,b\n1,"<b>bold</b>"\n');
  await scene.open('notes/', '<img src=x onerror=alert(1)>.csv');
  await scene.part('Rows').getByText('<b>bold</b>').waitFor();
  expect(await scene.faults()).toEqual([]);
});

test('the version that is released has its figures', async () => {
  await scene.view('Model versions');
  await scene.part('Version 1').locator('dt', { hasText: 'auc' }).first().waitFor();
  expect(await scene.faults()).toEqual([]);
});

test('a release waits for an approval, with what the smoke test found, and goes on once it is given', async () => {
  await scene.view('Pipeline');
  const approval = scene.seen.getByRole('form', { name: 'Approval' });
  await approval.waitFor();
  await scene.part('SmokeTest').locator('dt', { hasText: 'auc' }).first().waitFor();
  expect(await scene.faults()).toEqual([]);
  await approval.getByRole('textbox').fill('AUC 0.77 in staging <img src=x onerror=alert(1)>');
  await approval.getByRole('button', { name: 'Approve' }).click();
  await approval.waitFor({ state: 'hidden' });
  // The step waits for the rest of the release.
  await scene.stage.act('promote');
  await scene.again();
  await scene.part('Approval').getByText('Approval: Succeeded').waitFor();
  await scene.part('Watch').getByText('Watch: Succeeded').first().waitFor();
  expect(await scene.faults()).toEqual([]);
});

test('production’s stack is updated by one parameter, and keeps the others', async () => {
  await scene.view('Stacks');
  const { productionStack } = await outputs();
  const form = scene.seen.getByRole('form', { name: productionStack });
  const parameter = (name: string) => form.getByRole('textbox', { name });
  const version = await parameter('ModelPackageArn').inputValue();
  expect(await form.getByRole('button').isDisabled()).toBe(true);
  await parameter('Unguarded').fill(version);
  expect(await scene.faults()).toEqual([]);
  await form.getByRole('button', { name: 'Update with the existing template' }).click();
  await scene.until(form.getByText(`${productionStack}: UPDATE_COMPLETE`));
  expect(await parameter('Unguarded').inputValue()).toBe(version);
  expect(await parameter('ModelPackageArn').inputValue()).toBe(version);
  expect(await scene.faults()).toEqual([]);
});

test('production answers to a flight, and refuses what is none', async () => {
  await scene.view('Endpoints');
  const form = scene.seen.getByRole('form', { name: 'Send a flight' });
  const { productionEndpoint } = await outputs();
  await form.getByRole('combobox', { name: 'Endpoint' }).selectOption(productionEndpoint);
  await form.getByRole('button', { name: 'Send' }).click();
  await scene.seen.getByText(/^0\.\d+\s+\(\d+ ms/).waitFor();
  expect(await scene.faults()).toEqual([]);
  await form.getByRole('textbox').fill('<img src=x onerror=alert(1)>');
  await form.getByRole('button', { name: 'Send' }).click();
  await scene.seen.getByText(`The endpoint ${productionEndpoint} gave no answer`).waitFor();
  // The browser itself says on its console what was refused.
  expect(scene.browser.faults.splice(0)).toEqual([expect.stringContaining('409 (Conflict)')]);
});

test('alarms watch production', async () => {
  await scene.view('Alarms and metrics');
  await scene.part(/./).first().waitFor();
  expect(await scene.faults()).toEqual([]);
});

async function outputs(): Promise<{ productionEndpoint: string; productionStack: string }> {
  const { outputs: made } = await scene.stage.run();
  return { productionEndpoint: made.ProductionEndpoint!, productionStack: made.ProductionStack! };
}
