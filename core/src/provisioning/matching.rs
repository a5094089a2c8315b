//! What a listing says of an order whose reply was lost.
//!
//! New is what was not listed before the order and was not received by another purchase with its own receipt. Of
//! the new rows, those of the order's plan, cycle and location count, and those that can't be read. Such a row is
//! *clear* where it can be read, no other purchase adopted it and it is not plainly older than the order. A single clear
//! row is the VPS. Every other row that counts is never adopted; but it may be ours all the same, so it keeps
//! "nothing was bought" from being said.

use super::token::Placed;
use crate::claims::{Claims, Source};
use crate::endpoints::ListedVps;
use crate::models::Vps;
use crate::time::Timestamp;

/// How much earlier than the order a VPS must have been made to be plainly older: clocks of one service
/// differ by less.
const AGE_MARGIN_MS: u64 = 60_000;

/// What a listing says.
pub(super) enum Finding {
    /// This is the VPS.
    Ours(Box<Vps>),
    /// One of these may be the VPS, or one that can't be read.
    Unclear(Vec<Vps>),
    /// There is none.
    Nothing,
}

/// Looks for the order of `purchase` among the rows of a listing.
pub(super) fn find(
    placed: &Placed,
    listed: Vec<ListedVps>,
    claims: &Claims,
    purchase: &str,
) -> Finding {
    let (mut clear, mut doubtful, mut unreadable) = (Vec::new(), Vec::new(), false);
    for ListedVps { id, vps } in listed {
        let claim = claims.of_other(&id, purchase);
        if placed.baseline.contains(&id) || claim == Some(Source::Receipt) {
            continue;
        }
        match vps {
            Some(vps) if !placed.order.matches(&vps) => {}
            Some(vps) if claim.is_some() || is_older(placed, &vps) => doubtful.push(vps),
            Some(vps) => clear.push(vps),
            None => unreadable = true,
        }
    }
    match clear.pop() {
        Some(only) if clear.is_empty() && !unreadable => Finding::Ours(Box::new(only)),
        None if doubtful.is_empty() && !unreadable => Finding::Nothing,
        last => {
            clear.extend(last);
            clear.append(&mut doubtful);
            Finding::Unclear(clear)
        }
    }
}

/// Dates are compared by the service's own clock. One that was not told excludes nothing.
fn is_older(placed: &Placed, row: &Vps) -> bool {
    let dates = placed.listed_at.zip(row.created_at);
    let age_ms = |(listed_at, created_at): (Timestamp, Timestamp)| listed_at.since_ms(created_at);
    dates.map(age_ms) > Some(AGE_MARGIN_MS)
}
