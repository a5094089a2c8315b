//! The queue of faults.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::{Fault, Misbehaviour};

/// The faults that wait, in the order of their arrival.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct FaultQueue {
    waiting: Vec<Fault>,
}

impl FaultQueue {
    pub(crate) fn push(&mut self, fault: Fault) {
        self.waiting.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    pub(crate) fn waiting(&self) -> &[Fault] {
        &self.waiting
    }

    /// What happens to this request. A fault that skips it leaves it to those behind.
    pub(crate) fn take(
        &mut self,
        method: &str,
        path: &str,
        is_order: bool,
    ) -> Option<Misbehaviour> {
        let strikes = |fault: &mut Fault| {
            let fits =
                fault.on.matches(method, path) && (is_order || !fault.action.is_for_orders());
            let skips = fits && fault.on.skip > 0;
            fault.on.skip -= u32::from(skips);
            fits && !skips
        };
        let position = self.waiting.iter_mut().position(strikes)?;
        let fault = self.waiting.get_mut(position)?;
        let action = fault.action.clone();
        match NonZeroU32::new(fault.times.get() - 1) {
            Some(left) => fault.times = left,
            None => drop(self.waiting.remove(position)),
        }
        Some(action)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, FaultQueue};

    fn queue(faults: &str) -> FaultQueue {
        let mut queue = FaultQueue::default();
        serde_json::from_str::<Vec<Fault>>(faults)
            .unwrap()
            .into_iter()
            .for_each(|fault| queue.push(fault));
        queue
    }

    fn taken(queue: &mut FaultQueue, method: &str) -> &'static str {
        queue
            .take(method, "/api/v1/vps", method == "POST")
            .map_or("-", |action| action.name())
    }

    #[test]
    fn the_first_fault_that_matches_is_used_up() {
        let mut queue =
            queue(r#"[{"do":"lose_before","on":{"method":"POST"}},{"do":"lose_after","times":2}]"#);
        let seen: Vec<_> = ["GET", "POST", "GET", "GET"]
            .map(|method| taken(&mut queue, method))
            .into();
        assert_eq!(seen, ["lose_after", "lose_before", "lose_after", "-"]);
    }

    #[test]
    fn a_fault_that_skips_a_request_leaves_it_to_the_next_one() {
        let mut queue = queue(r#"[{"do":"lose_before","on":{"skip":2}},{"do":"not_delivered"}]"#);
        let seen: Vec<_> = (0..4).map(|_| taken(&mut queue, "GET")).collect();
        assert_eq!(seen, ["not_delivered", "-", "lose_before", "-"]);
    }

    #[test]
    fn a_fault_of_orders_waits_for_an_order() {
        let mut queue = queue(r#"[{"do":{"late_order":{"ms":1}}}]"#);
        assert_eq!(
            ["GET", "POST", "POST"].map(|method| taken(&mut queue, method)),
            ["-", "late_order", "-"]
        );
    }
}
