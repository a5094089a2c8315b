/** The purchases that a client's store records. */

import type { StableVPSError } from "./error.js";
import type { Progress, Provisioned, PurchaseRecord, WhenHeld } from "./models.js";
import { flag, type Names, optionalText, record, span, text } from "./options.js";
import type { Purchase } from "./purchase.js";
import { readPurchaseRecord, type Sent } from "./readers.js";
import { invalidInput, isStableVPSError } from "./reports.js";
import { every, PURCHASE_OPTIONS, Resource } from "./resource.js";
import { CALL_OPTIONS, type CallOptions, type PurchaseOptions, type Request } from "./session.js";

/** Which purchases are listed. */
export interface ListPurchasesOptions extends CallOptions {
  /** Only those that have not ended: false by default. */
  openOnly?: boolean | undefined;
}

/** How a recorded purchase is taken up. All times are in milliseconds. */
export interface ResumeRecordedOptions extends PurchaseOptions {
  /**
   * What to do where the purchase goes on elsewhere: `refuse`, the default, with a `PurchaseInProgressError`; or
   * `wait` for its end.
   */
  whenHeld?: WhenHeld | undefined;
}

/** How every open purchase is taken up. All times are in milliseconds. */
export interface ResumeAllOptions extends Omit<ResumeRecordedOptions, "onProgress"> {
  /** Called before every request and every wait, and waited for: see {@link PurchaseOptions.onProgress}. */
  onProgress?: ((progress: Progress, record: PurchaseRecord) => unknown) | undefined;
}

/** A purchase that was taken up: it has a result or an error. */
export interface ResumedPurchase {
  /** As it was found. */
  readonly record: PurchaseRecord;
  readonly result: Provisioned | null;
  readonly error: StableVPSError | null;
}

const LIST_OPTIONS: Names<ListPurchasesOptions> = { ...CALL_OPTIONS, openOnly: 1 };
const RESUME_OPTIONS: Names<ResumeRecordedOptions> = { ...PURCHASE_OPTIONS, whenHeld: 1 };

/** Recorded purchases: `client.purchases`. The client must have a `store`. */
export class PurchasesResource extends Resource {
  /**
   * Every purchase of the account, the oldest first.
   *
   * @throws StoreError The store failed.
   */
  async list(options: ListPurchasesOptions = {}): Promise<PurchaseRecord[]> {
    const { openOnly, ...limits } = record("options", options, LIST_OPTIONS);
    const request = () => ({ listPurchases: { openOnly: flag("openOnly", openOnly) ?? false } });
    return await this.#ask("purchases.list", request, readRecords, limits);
  }

  /** The purchase of that idempotency key; `null` where there is none. */
  get(key: string, options: CallOptions = {}): Promise<PurchaseRecord | null> {
    const request = () => ({ getPurchase: { idempotencyKey: text("key", key) } });
    return this.#ask("purchases.get", request, readOne, options);
  }

  /**
   * Takes up the purchase of that idempotency key, and waits for its end. One that was not ordered is not begun again:
   * call `vps.provision` with its key for that.
   */
  resume(key: string, options: ResumeRecordedOptions = {}): Purchase {
    return this.#resume({ key }, options);
  }

  /**
   * Takes up every purchase that has not ended, one after the other, the oldest first: what a program does when it
   * starts. Gives each with its end. One that was not ordered is left as it is.
   *
   * @throws StoreError The store failed before the first one. How a single purchase ends is no error of this call.
   * @throws AbortError The signal ended the wait. What was not taken up yet stays open.
   */
  async resumeAll(options: ResumeAllOptions = {}): Promise<ResumedPurchase[]> {
    const { onProgress, ...others } = record("options", options, RESUME_OPTIONS);
    const { signal } = others;
    const resumed: ResumedPurchase[] = [];
    for (const found of await this.list({ openOnly: true, signal })) {
      if (found.state !== "not_ordered") {
        const own = onProgress && ((progress: Progress) => onProgress(progress, found));
        const purchase = this.#resume({ id: found.id }, { ...others, onProgress: own });
        resumed.push(await ended(found, purchase, signal));
      }
    }
    return resumed;
  }

  /**
   * Deletes what is known of a purchase that has ended, or that ordered nothing and that nobody is at work on. Its key
   * stays used, and its VPS stays known as bought.
   *
   * @throws InvalidInputError There is no such purchase, or it has not ended.
   */
  async forget(key: string, options: CallOptions = {}): Promise<void> {
    const request = () => ({ forgetPurchase: { idempotencyKey: text("key", key) } });
    await this.#ask("purchases.forget", request, readOne, options);
  }

  #ask<T>(
    label: string,
    request: () => Request,
    read: (sent: Sent) => T,
    options: CallOptions,
  ): Promise<T> {
    return this._session.call(label, () => this.#recorded(request()), read, options);
  }

  #resume(find: { key: string } | { id: string }, options: ResumeRecordedOptions): Purchase {
    const request = () => {
      if ("key" in find) {
        text("key", find.key);
      }
      const { timeout, whenHeld } = options;
      const resumeRecorded = {
        find,
        whenHeld: optionalText("whenHeld", whenHeld),
        timeoutMs: span("timeout", timeout),
      };
      return this.#recorded({ resumeRecorded });
    };
    return this._session.purchase("purchases.resume", request, options, RESUME_OPTIONS);
  }

  /** A request for the store, where there is one. */
  #recorded(request: Request): Request {
    if (!this._session.hasStore) {
      throw invalidInput("store", "is missing: recorded purchases need a client with one");
    }
    return request;
  }
}

/** How a purchase ended. What ended this call with it is thrown. */
async function ended(
  record: PurchaseRecord,
  purchase: Purchase,
  signal: AbortSignal | undefined,
): Promise<ResumedPurchase> {
  try {
    return Object.freeze({ record, result: await purchase, error: null });
  } catch (error) {
    if (signal?.aborted || !isStableVPSError(error)) {
      throw error;
    }
    return Object.freeze({ record, result: null, error });
  }
}

const readRecords = every(readPurchaseRecord);

function readOne(sent: Sent | null): PurchaseRecord | null {
  return sent === null ? null : readPurchaseRecord(sent);
}
