import { expect, test } from './fixtures';

/** Keeps the page from doing anything: its timers, its sockets, its answers to the heartbeat. */
const block = (ms: number) => {
  setTimeout(() => {
    const end = Date.now() + ms;
    while (Date.now() < end);
  }, 0);
};

test('a page that hangs is offered no call from its sixth second on, and is again when it moves', async ({ operator, town }) => {
  test.setTimeout(150_000);
  const offered: string[] = [];
  operator.page.on('websocket', (ws) =>
    ws.on('framereceived', (f) => {
      const type = /"type":"(\w+)"/.exec(String(f.payload))?.[1];
      if (type === 'pop' || type === 'ringing') offered.push(type);
    }),
  );
  await operator.onShift();
  const begun = Date.now();
  await operator.page.evaluate(block, 30_000);
  await expect.poll(() => Date.now() - begun, { timeout: 10_000, intervals: [100] }).toBeGreaterThan(6_000);
  town('+79161112266');
  // The frames arrive all the same: what counts is that none was sent.
  await expect.poll(() => Date.now() - begun, { timeout: 40_000, intervals: [500] }).toBeGreaterThan(28_000);
  expect(offered).toEqual([]);
  await operator.state('ringing', 30_000);
  expect(offered.slice(0, 2)).toEqual(['pop', 'ringing']);
});
