/**
 * Test clocks. A customer made on a clock lives at its frozen time, and so does what the bank answers about this
 * customer. At Stripe an advance takes a while (`advancing`); here the clock is ready at once.
 */
import { z } from 'zod';
import { stripeId } from '../ids.ts';
import type { TestClock } from '../tables.ts';
import { type Call, emit, endpoint } from './call.ts';
import { noSuch, refuse } from './errors.ts';
import { expandAll } from './expand.ts';
import { listOf } from './lists.ts';
import { expand, int, listing, text } from './params.ts';

const DAY = 86_400;
const plain = z.strictObject({ expand });

export const testClockEndpoints = [
  endpoint(
    'post',
    '/test_helpers/test_clocks',
    z.strictObject({ frozen_time: int, name: text.optional(), expand }),
    (call, params) => {
      const now = Math.floor(Date.now() / 1000);
      const clock: TestClock = {
        id: stripeId('clock'),
        object: 'test_helpers.test_clock',
        created: now,
        deletes_after: now + 30 * DAY,
        frozen_time: params.frozen_time,
        livemode: false,
        name: params.name ?? null,
        status: 'ready',
        status_details: {},
      };
      call.store.put('test_clock', clock);
      return expandAll(call, clock, params.expand);
    },
  ),
  endpoint('get', '/test_helpers/test_clocks/:id', plain, (call, _params, id) => ownClock(call, id)),
  endpoint('get', '/test_helpers/test_clocks', z.strictObject(listing), (call, params) =>
    listOf(call, '/v1/test_helpers/test_clocks', call.store.all('test_clock'), params),
  ),
  endpoint(
    'post',
    '/test_helpers/test_clocks/:id/advance',
    z.strictObject({ frozen_time: int, expand }),
    (call, params, id) => {
      const clock = ownClock(call, id);
      if (params.frozen_time <= clock.frozen_time) {
        refuse('Test clocks can only be advanced to a time in the future of their current frozen time.', {
          param: 'frozen_time',
        });
      }
      const advanced = { ...clock, frozen_time: params.frozen_time };
      call.store.put('test_clock', advanced);
      emit(call, 'test_helpers.test_clock.ready', advanced, advanced.frozen_time);
      return advanced;
    },
  ),
];

function ownClock(call: Call, id: string): TestClock {
  return call.store.find('test_clock', id) ?? noSuch('test_clock', id);
}
