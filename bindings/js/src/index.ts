/**
 * The STABLEVPS API for JavaScript: buy, watch and control Forex VPS by program.
 *
 * @packageDocumentation
 */

export { price } from "./catalogue.js";
export { StableVPS, StableVPS as default } from "./client.js";
export type { Clock } from "./clock.js";
export { AbortError, StableVPSError } from "./error.js";
export * from "./errors.js";
export type * from "./events.js";
/** @internal For the testing entry: there is one class of each error. */
export { invalidInput } from "./internal.js";
export type { Logger } from "./machine.js";
export type { Batch, ManyOptions, ManyOrder, OpenPurchase, OrderEnd } from "./many.js";
export * from "./models.js";
export { cents, compareMoney, formatMoney, fromCents, type Money } from "./money.js";
export type { ClientEvent, PhaseChangedEvent, RequestDoneEvent } from "./observing.js";
export type { ProbeLimits, Prober, ProbeTarget } from "./probing/prober.js";
export type { OrderParams, ProvisionOptions, ResumeOptions, WaitOptions } from "./provision.js";
export type { Purchase } from "./purchase.js";
export type * from "./purchases.js";
export { type AnyStableVPSError, isStableVPSError } from "./reports.js";
export type * from "./resources.js";
export { Secret } from "./secret.js";
export type { CallOptions, PurchaseOptions, StableVPSOptions } from "./session.js";
export type { Store, StoreOperation } from "./store.js";
export {
  type Fetch,
  type FetchInit,
  type FetchResponse,
  type ReadOnceInit,
  readOnce,
  TransportFailure,
} from "./transport.js";
export { VERSION } from "./version.js";
export { init, type WasmSource } from "./wasm.js";
export type { VpsWatch, WatchOptions } from "./watch.js";
