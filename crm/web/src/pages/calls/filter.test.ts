import { expect, test } from 'vitest';
import { extras, filterOf, stateOf } from './filter';

test('a filter takes from the address only what the API knows', () => {
  expect(filterOf({ phone: '1234', page: '2', agent: '' })).toEqual({ phone: '1234' });
});

test('several conditions read as one state', () => {
  expect(stateOf({ direction: 'inbound', answered: 'true' })).toBe('inboundAnswered');
  expect(stateOf({ missed: 'true', ended: 'true' })).toBe('missed');
  expect(stateOf({})).toBeUndefined();
});

test('every condition of a report stands somewhere to be seen and dropped', () => {
  expect(extras({ answered: 'true', ended: 'true', offered: 'true', hour: '9' })).toEqual(['hour', 'offered', 'ended']);
  expect(extras({ missed: 'true', answered: 'false' })).toEqual(['missed', 'answered']);
});
