/** States in which a recording can be heard. */
const playable = new Set(['spooled', 'uploading', 'verified', 'held', 'redacted']);

/** Whether a recording in this state can be heard; a failed one may still be, the recording itself says so. */
export function canPlay(state: string | undefined): boolean {
  return state !== undefined && playable.has(state);
}

/** Whether the recording is still on its way, and looking again makes sense. */
export function onTheWay(state: string | undefined): boolean {
  return state === 'capturing' || state === 'spooled' || state === 'uploading';
}
