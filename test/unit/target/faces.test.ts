/** Which faces of a fresh account a local cloud is asked to show. */
import { facesOf } from '../../../lib/target/local';

test('none, where nobody asks', () => {
  expect(facesOf({}, {})).toEqual([]);
  expect(facesOf({}, { LAB_LOCAL_FACES: '' })).toEqual([]);
});

test('those of LAB_LOCAL_FACES, with spaces and twice', () => {
  expect(facesOf({}, { LAB_LOCAL_FACES: ' training-quota-0, training-quota-0' })).toEqual(['training-quota-0']);
});

test('the option wins over the environment', () => {
  expect(facesOf({ faces: [] }, { LAB_LOCAL_FACES: 'training-quota-0' })).toEqual([]);
});

test('one that there is not is refused by name, with those that there are', () => {
  const asked = (): unknown => facesOf({}, { LAB_LOCAL_FACES: 'training-quota-0,rich' });
  expect(asked).toThrow(expect.objectContaining({ message: 'The local cloud has no face "rich".', exit: 2 }));
  expect(asked).toThrow(expect.objectContaining({ why: expect.stringContaining('training-quota-0') }));
});
