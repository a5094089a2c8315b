/**
 * Where purchases stand in line for their turn: of an account's purchases one at a time is before the end of its
 * order, because a listing can't tell two orders apart. The core decides whose turn it is. The register covers one
 * process, or one page: all copies of this package in it, but no other worker, tab or machine.
 */

/**
 * What the cores of all copies of this package share, of whatever version: the object at
 * `globalThis[Symbol.for("stablevps.turns")]`, which the first copy makes. Its methods never throw.
 *
 * A queue's name is that of an account in a world, as the core writes it. Numbers are safe integers.
 *
 * @internal
 */
export interface Register {
  /** A number that nothing else has. */
  number(): number;
  /** How many stand before `place`, which joins the end of the queue if it does not stand there yet. */
  aheadOf(place: number, queue: string): number;
  /** Removes `place`, if it is there. */
  leave(place: number, queue: string): void;
  /** Notes when the first one acts next, in milliseconds of its clock. */
  note(queue: string, actsAt: number): void;
  /** What the first one noted; 0 where it noted nothing. */
  actsAt(queue: string): number;
}

const SHARED = Symbol.for("stablevps.turns");

/** @internal The register of this process or page. */
export function register(): Register {
  const shared = globalThis as { [SHARED]?: Register };
  shared[SHARED] ??= newRegister();
  return shared[SHARED];
}

function newRegister(): Register {
  const queues = new Map<string, { places: number[]; actsAt: number }>();
  let last = 0;
  return {
    number: () => ++last,
    aheadOf(place, name) {
      const queue = queues.get(name) ?? { places: [], actsAt: 0 };
      queues.set(name, queue);
      const ahead = queue.places.indexOf(place);
      return ahead < 0 ? queue.places.push(place) - 1 : ahead;
    },
    leave(place, name) {
      const queue = queues.get(name);
      const ahead = queue?.places.indexOf(place) ?? -1;
      if (queue && ahead >= 0) {
        queue.places.splice(ahead, 1);
        queue.actsAt = ahead === 0 ? 0 : queue.actsAt;
        if (queue.places.length === 0) {
          queues.delete(name);
        }
      }
    },
    note(name, actsAt) {
      const queue = queues.get(name);
      if (queue) {
        queue.actsAt = actsAt;
      }
    },
    actsAt: (name) => queues.get(name)?.actsAt ?? 0,
  };
}
