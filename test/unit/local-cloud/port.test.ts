import { LocalCloudError, portFrom } from '../../../local-cloud/boot/start';

describe('LAB_LOCAL_PORT', () => {
  test.each([
    [undefined, 0],
    ['', 0],
    ['0', 0],
    ['45871', 45_871],
  ])('%p means %p', (given, port) => {
    expect(portFrom(given)).toBe(port);
  });

  test.each(['abc', '99999', '-1', '80', '1e4', ' 4000'])('%p is refused by its value', (given) => {
    expect(() => portFrom(given)).toThrow(LocalCloudError);
    expect(() => portFrom(given)).toThrow(`LAB_LOCAL_PORT=${given}`);
  });
});
