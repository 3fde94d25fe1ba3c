import { Softphone } from '@softphone';
import type { Schema } from '@/api/client';

/** The softphone of this tab; the frame opens and closes it. */
export const softphone = new Softphone<Schema<'Call'>, Schema<'Card'>>(
  `${window.location.protocol === 'https:' ? 'wss' : 'ws'}://${window.location.host}/live`,
);
