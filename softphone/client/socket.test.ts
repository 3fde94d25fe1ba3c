import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Incoming, LiveCall } from './messages';
import { backoff, LiveSocket, silence, type Wire } from './socket';

/** The far end of a socket, in the test's own hands. */
class FarEnd implements Wire {
  readyState = 1;
  sent: Record<string, unknown>[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((e: { data: string }) => void) | null = null;
  private seq = 0;

  send(data: string) {
    this.sent.push(JSON.parse(data));
  }
  close() {
    this.closed = true;
    this.readyState = 3;
  }
  breaks() {
    this.readyState = 3;
    this.onclose?.();
  }
  says(m: object, seq = this.seq + 1) {
    this.seq = seq;
    this.onmessage?.({ data: JSON.stringify({ seq, at: '2026-11-23T12:00:00.000Z', ...m }) });
  }
}

function setUp() {
  const ends: FarEnd[] = [];
  const heard: Incoming<LiveCall, object>[] = [];
  const lost = vi.fn();
  const socket = new LiveSocket<LiveCall, object>({
    url: 'ws://x/live',
    message: (m) => heard.push(m),
    lost,
    random: () => 0,
    open: () => {
      const end = new FarEnd();
      ends.push(end);
      return end;
    },
  });
  socket.open();
  const end = () => ends.at(-1) as FarEnd;
  return { socket, ends, end, heard, lost };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a gap in the numbers asks for everything anew, once', () => {
  const { end, heard } = setUp();
  end().says({ type: 'snapshot' });
  end().says({ type: 'heartbeat', n: 1 });
  expect(end().sent).toEqual([]);
  end().says({ type: 'heartbeat', n: 3 }, 5);
  end().says({ type: 'snapshot' });
  expect(end().sent).toEqual([{ type: 'resync' }]);
  expect(heard).toHaveLength(4);
});

test('a request ends with done or with what was refused', async () => {
  const { socket, end } = setUp();
  const good = socket.ask({ type: 'ready' });
  const bad = socket.ask({ type: 'dial', to: '810' });
  const [first, second] = end().sent;
  end().says({ type: 'done', ref: first?.ref });
  end().says({ type: 'refused', ref: second?.ref, code: 'number_not_allowed', params: { to: '810' } });
  await expect(good).resolves.toBeUndefined();
  await expect(bad).rejects.toMatchObject({ code: 'number_not_allowed', params: { to: '810' } });
});

test('a request without an answer ends by itself', async () => {
  const { socket, end } = setUp();
  const asked = expect(socket.ask({ type: 'ready' })).rejects.toMatchObject({ code: 'timeout' });
  for (let n = 1; n <= 4; n++) {
    vi.advanceTimersByTime(2_000);
    end().says({ type: 'heartbeat', n });
  }
  await asked;
});

test('what was asked before the socket broke is refused as offline', async () => {
  const { socket, end } = setUp();
  const asked = expect(socket.ask({ type: 'ready' })).rejects.toMatchObject({ code: 'offline' });
  end().breaks();
  await asked;
  await expect(socket.ask({ type: 'ready' })).rejects.toMatchObject({ code: 'offline' });
  expect(socket.tell({ type: 'ready' })).toBe(false);
});

test('a broken socket comes back, each time a little later, and at once when the network is back', () => {
  const { socket, ends, end, lost } = setUp();
  end().breaks();
  expect(lost).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(100);
  expect(ends).toHaveLength(2);
  end().breaks();
  vi.advanceTimersByTime(199);
  expect(ends).toHaveLength(2);
  socket.hurry();
  expect(ends).toHaveLength(3);
  vi.advanceTimersByTime(1_000);
  expect(ends).toHaveLength(3);
});

test('a socket that says nothing is dead', () => {
  const { ends, end, lost } = setUp();
  end().says({ type: 'snapshot' });
  const silent = end();
  vi.advanceTimersByTime(silence + 2_000);
  expect(silent.closed).toBe(true);
  expect(lost).toHaveBeenCalledTimes(1);
  expect(ends.length).toBeGreaterThan(1);
});

test('a closed socket stays closed', () => {
  const { socket, ends, lost } = setUp();
  socket.close();
  vi.advanceTimersByTime(60_000);
  expect(ends).toHaveLength(1);
  expect(lost).not.toHaveBeenCalled();
});

test('rubbish on the wire is passed over', () => {
  const { end, heard } = setUp();
  end().onmessage?.({ data: '{' });
  end().says({ type: 'heartbeat', n: 1 });
  expect(heard).toHaveLength(1);
});

test('the wait before another attempt doubles up to five seconds and is spread', () => {
  expect([0, 1, 2, 3, 4, 5, 9].map((n) => backoff(n, 0))).toEqual([100, 200, 400, 800, 1600, 2500, 2500]);
  expect(backoff(9, 0.999)).toBeLessThan(5_000);
});
