//! How a purchase's end is written into a store, and read from it.

use serde::{Deserialize, Serialize};

use crate::decode::if_it_fits;
use crate::error::{Error, ErrorKind, Next};
use crate::json;
use crate::models::{Provisioned, Vps, VpsStatus};
use crate::store::PurchaseState;

/// The error of a purchase that is bought, or may be, and goes no further.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase")]
enum FinalError {
    ProvisioningFailed {
        vps_status: VpsStatus,
    },
    NotFound,
    Unresolved {
        #[serde(deserialize_with = "json::required")]
        reason: String,
        #[serde(deserialize_with = "json::objects")]
        candidates: Vec<Vps>,
    },
}

/// The state of a purchase that ended so, with the error as JSON; none where it can be taken up again where it was.
pub(super) fn written(
    outcome: Result<&Provisioned, &Error>,
) -> Option<(PurchaseState, Option<String>)> {
    let Err(error) = outcome else {
        return Some((PurchaseState::Ready, None));
    };
    let (state, last) = match (error.next(), error.kind()) {
        _ if error.token().is_none() => return Some((PurchaseState::NotOrdered, None)),
        (Next::Ask, ErrorKind::ProvisioningFailed { vps_status }) => {
            let vps_status = vps_status.clone();
            let last = FinalError::ProvisioningFailed { vps_status };
            (PurchaseState::Failed, last)
        }
        (Next::Ask, ErrorKind::NotFound) => (PurchaseState::Failed, FinalError::NotFound),
        (Next::Ask, ErrorKind::Unresolved { reason, candidates }) => {
            let (reason, candidates) = (reason.clone(), candidates.clone());
            let last = FinalError::Unresolved { reason, candidates };
            (PurchaseState::Unresolved, last)
        }
        _ => return None,
    };
    Some((state, Some(json::written(&last))))
}

/// The error that was written, with its token.
pub(super) fn read(error: Option<&str>, token: &str) -> Error {
    let read: Option<FinalError> = error.and_then(|error| if_it_fits(error.as_bytes()));
    let kind = match read {
        Some(FinalError::ProvisioningFailed { vps_status }) => {
            ErrorKind::ProvisioningFailed { vps_status }
        }
        Some(FinalError::NotFound) => ErrorKind::NotFound,
        Some(FinalError::Unresolved { reason, candidates }) => {
            ErrorKind::Unresolved { reason, candidates }
        }
        None => ErrorKind::Unresolved {
            reason: "the end that was recorded can't be read".to_owned(),
            candidates: Vec::new(),
        },
    };
    Error::new(kind).with_token(Some(token.to_owned()))
}
