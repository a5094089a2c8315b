//! The wallet: the only means of payment.

use serde::{Deserialize, Serialize};

use super::moment::Moment;
use super::money::Euros;

/// The wallet. Whatever happens, `balance` and the sum of the charges make up what was ever paid in.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Wallet {
    balance: Euros,
    funded: Euros,
    charges: Vec<Euros>,
    due: Vec<(Moment, Euros)>,
    rounding: Rounding,
}

/// Whether the balance is kept as the subtraction leaves it, or rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Rounding {
    None,
    ToTheCent,
}

impl Wallet {
    pub(crate) fn new(balance: Euros, rounding: Rounding) -> Self {
        Self {
            balance,
            funded: balance,
            charges: Vec::new(),
            due: Vec::new(),
            rounding,
        }
    }

    pub(crate) fn balance(&self) -> Euros {
        self.balance
    }

    /// Everything that was ever paid in, including what a control command added or took away.
    pub(crate) fn funded(&self) -> Euros {
        self.funded
    }

    pub(crate) fn charges(&self) -> &[Euros] {
        &self.charges
    }

    pub(crate) fn total_charged(&self) -> Euros {
        self.charges.iter().fold(Euros::default(), |sum, charge| {
            sum.plus(*charge).to_the_cent()
        })
    }

    pub(crate) fn set_balance(&mut self, amount: Euros) {
        self.funded = self.funded.plus(amount.minus(self.balance));
        self.balance = amount;
    }

    pub(crate) fn charge(&mut self, amount: Euros) {
        let rest = self.balance.minus(amount);
        self.balance = match self.rounding {
            Rounding::None => rest,
            Rounding::ToTheCent => rest.to_the_cent(),
        };
        self.charges.push(amount);
    }

    /// Charges at that moment. By then the balance may have gone elsewhere and can turn negative, as in
    /// the real service, which checks it long before it writes it.
    pub(crate) fn charge_at(&mut self, when: Moment, amount: Euros) {
        self.due.push((when, amount));
    }

    /// Makes the charges that have come due.
    pub(crate) fn settle(&mut self, now: Moment) {
        let (ripe, waiting) = self
            .due
            .drain(..)
            .partition::<Vec<_>, _>(|(when, _)| *when <= now);
        self.due = waiting;
        for (_, amount) in ripe {
            self.charge(amount);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Euros, Moment, Rounding, Wallet};

    #[test]
    fn a_charge_is_a_floating_point_subtraction_unless_cents_are_kept() {
        for (rounding, balance) in [
            (Rounding::None, 75.020_000_000_000_01),
            (Rounding::ToTheCent, 75.02),
        ] {
            let mut wallet = Wallet::new(Euros::from(100.0), rounding);
            wallet.charge(Euros::from(12.49));
            wallet.charge(Euros::from(12.49));
            assert_eq!(wallet.balance(), Euros::from(balance));
            assert_eq!(wallet.total_charged(), Euros::from(24.98));
        }
    }

    #[test]
    fn a_late_charge_is_made_when_it_comes_due_and_once() {
        let mut wallet = Wallet::new(Euros::from(10.0), Rounding::ToTheCent);
        wallet.charge_at(Moment(5), Euros::from(4.0));
        for (now, balance) in [(4, 10.0), (5, 6.0), (6, 6.0)] {
            wallet.settle(Moment(now));
            assert_eq!(wallet.balance(), Euros::from(balance));
        }
    }
}
