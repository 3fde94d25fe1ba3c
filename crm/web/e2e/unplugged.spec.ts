import { expect, test } from './fixtures';

test('a headset that is unplugged in a talk is replaced within two seconds, and it is said', async ({ operator, town }) => {
  const { page } = operator;
  // Nothing here can be unplugged: the track ends as it does then.
  await page.addInitScript(() => {
    const opened: MediaStream[] = [];
    Object.assign(window, { opened });
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (c) => {
      const stream = await open(c);
      opened.push(stream);
      return stream;
    };
  });
  await operator.onShift();
  town('+79161112402');
  await operator.state('ringing');
  await operator.bar.getByRole('button', { name: /Ответить|Answer/ }).click();
  await operator.state('talking');
  const us = () =>
    page
      .locator('[data-voice=us]')
      .getAttribute('data-level')
      .then((l) => Number(l));
  await expect.poll(us, { timeout: 15_000, intervals: [50] }).toBeGreaterThan(0.2);
  await page.evaluate(() => {
    const { opened } = window as unknown as { opened: MediaStream[] };
    const track = opened.at(-1)?.getAudioTracks()[0];
    track?.stop();
    track?.dispatchEvent(new Event('ended'));
  });
  await expect(page.getByText(/Прежнее устройство отключено|The earlier device is gone/)).toBeVisible({ timeout: 2_000 });
  await expect.poll(us, { timeout: 5_000, intervals: [50] }).toBeGreaterThan(0.2);
  await operator.state('talking');
});
