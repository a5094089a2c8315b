//! What the command uses of the client.

pub use stablevps::http::{
    Delivery, FailureKind, Header, HttpRequest, HttpResponse, Reply, TransportFailure,
};
pub use stablevps::store::{PurchaseState, SqliteStore, WhenHeld};
pub use stablevps::{
    ActionReceipt, BatchProgress, BillingCycle, Bought, Buy, Client, ClientBuilder, Clock, Error,
    ErrorKind, KeyCheck, KeyId, Location, Money, NewKey, Next, Phase, Plan, PlanId, ProbeOutcome,
    ProbeTarget, Prober, Progress, ProvisionBuilder, Provisioned, Purchase, PurchaseRecord,
    Purchases, RebootPolicy, Secret, Stopper, Timestamp, Transport, Vps, VpsDetails, VpsId,
    VpsWatch, WaitLevel, Wallet, WatchEvent, WatchEventKind, plans, price,
};
