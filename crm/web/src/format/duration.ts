/** Seconds as 4:12 or 1:02:07. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const h = Math.floor(s / 3600);
  const m = Math.floor((s % 3600) / 60);
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** Seconds as 04:12, for a running timer that must not change its width. */
export function timer(seconds: number): string {
  const text = duration(seconds);
  return text.length === 4 ? `0${text}` : text;
}
