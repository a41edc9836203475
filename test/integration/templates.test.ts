/** The CDK's own template rules, as errors. They take seconds a template, so other tests synthesize without them. */
import { LAB_IDS } from '../../lib/course/names';
import { synthesize } from '../snapshot/template';

test.each(LAB_IDS)('the CDK’s own rules find no fault in the template of %s', async (lab) => {
  await expect(synthesize(lab, 'me', { validate: true })).resolves.toBeDefined();
});
