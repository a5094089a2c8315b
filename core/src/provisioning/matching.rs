//! What a listing says of an order whose reply was lost.
//!
//! New is what was not listed before the order and was not received by another purchase with its own receipt. Of
//! the new rows, those of the order's plan, cycle and location count. Such a row is *clear* where no other
//! purchase adopted it and it is not plainly older than the order. One clear row is the VPS. Every other row
//! that counts is never adopted; but it may be ours all the same, so it keeps "nothing was bought" from being
//! said.

use super::token::Placed;
use crate::claims::{Claims, Source};
use crate::models::Vps;
use crate::time::Timestamp;

/// How much earlier than the order a VPS must have been made to be plainly older: clocks of one service
/// differ by less.
const AGE_MARGIN_MS: u64 = 60_000;

/// What a listing says.
pub(super) enum Finding {
    /// This is the VPS.
    Ours(Box<Vps>),
    /// One of these may be the VPS.
    Unclear(Vec<Vps>),
    /// There is none.
    Nothing,
}

/// Looks for the order of `purchase` among the rows of a listing.
pub(super) fn find(placed: &Placed, listed: Vec<Vps>, claims: &Claims, purchase: &str) -> Finding {
    let (mut clear, mut doubtful) = (Vec::new(), Vec::new());
    for row in listed {
        if placed.baseline.contains(&row.id) || !placed.order.matches(&row) {
            continue;
        }
        match claims.of_other(&row.id, purchase) {
            Some(Source::Receipt) => {}
            Some(Source::Adopted) => doubtful.push(row),
            None if is_older(placed, &row) => doubtful.push(row),
            None => clear.push(row),
        }
    }
    match clear.pop() {
        Some(only) if clear.is_empty() => Finding::Ours(Box::new(only)),
        None if doubtful.is_empty() => Finding::Nothing,
        last => {
            clear.extend(last);
            clear.append(&mut doubtful);
            Finding::Unclear(clear)
        }
    }
}

/// Dates are compared by the service's own clock. Where its date was not told, none excludes anything.
fn is_older(placed: &Placed, row: &Vps) -> bool {
    let age_ms = |listed_at: Timestamp| listed_at.since_ms(row.created_at);
    placed.listed_at.map(age_ms) > Some(AGE_MARGIN_MS)
}
