/** The client. */

import { PurchasesResource } from "./purchases.js";
import { AccountResource, Keys, VpsResource, WalletResource } from "./resources.js";
import { Session, type StableVPSOptions } from "./session.js";

/**
 * The STABLEVPS API.
 *
 * ```ts
 * const client = new StableVPS();
 * const { vps, charged } = await client.vps.provision(
 *   { planId: "prime", billingCycle: "monthly", location: "london" },
 *   { maxSpend: "20" },
 * );
 * ```
 *
 * One client serves any number of calls at once.
 */
export class StableVPS {
  /** API keys. */
  readonly keys: Keys;
  /** VPS. */
  readonly vps: VpsResource;
  /** The purchases that the store records. */
  readonly purchases: PurchasesResource;
  /** The account. */
  readonly account: AccountResource;
  /** The wallet. */
  readonly wallet: WalletResource;

  /**
   * @throws InvalidInputError for a key or an address that can't be used: at once where the core is
   * loaded already, as it is in Node, and from the first call in a browser.
   */
  constructor(options: StableVPSOptions = {}) {
    const session = new Session(options);
    this.keys = new Keys(session);
    this.vps = new VpsResource(session);
    this.purchases = new PurchasesResource(session);
    this.account = new AccountResource(session);
    this.wallet = new WalletResource(session);
    Object.freeze(this);
  }
}
