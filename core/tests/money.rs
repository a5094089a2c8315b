//! Money against whole numbers: no library of decimals, and no binary floating point.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use proptest::prelude::*;
use serde_json::json;
use stablevps_core::config::CallOptions;
use stablevps_core::endpoint::Endpoint;
use stablevps_core::endpoints::{CreateVps, GetAccount, GetWallet};
use stablevps_core::http::RequestId;
use stablevps_core::money::Money;
use support::{START, api, at, clocks, response};

/// A decimal number: so many units of the last of its places.
#[derive(Clone, Copy, Debug)]
struct Number {
    units: i128,
    places: u32,
}

fn power(places: u32) -> i128 {
    10_i128.pow(places)
}

impl Number {
    /// As JSON may have it, with every place written.
    fn text(self) -> String {
        let sign = if self.units < 0 { "-" } else { "" };
        let (units, one) = (self.units.abs(), power(self.places));
        if self.places == 0 {
            return format!("{sign}{units}");
        }
        let places = usize::try_from(self.places).unwrap();
        format!("{sign}{}.{:0places$}", units / one, units % one)
    }

    /// Without zeros at its end, and without a sign where it is nothing.
    fn shortest(self) -> String {
        let mut short = self;
        while short.places > 0 && short.units % 10 == 0 {
            short.units /= 10;
            short.places -= 1;
        }
        short.text()
    }

    /// Rounded half-even to two places.
    fn shown(self) -> String {
        let Some(dropped) = self.places.checked_sub(2) else {
            let units = self.units * power(2 - self.places);
            return Self { units, places: 2 }.text();
        };
        let one = power(dropped);
        let (down, rest) = (self.units.div_euclid(one), self.units.rem_euclid(one));
        let up = rest * 2 > one || rest * 2 == one && down % 2 != 0;
        let units = down + i128::from(up);
        Self { units, places: 2 }.text()
    }

    fn read(self) -> Money {
        self.text().parse().unwrap()
    }
}

/// Every number of at most 16 digits before the point and 12 behind it, and those that rounding turns on.
fn any_number() -> impl Strategy<Value = Number> {
    let any = (0_u32..=12, any::<i128>()).prop_map(|(places, units)| Number {
        units: units % power(16 + places),
        places,
    });
    let usual =
        (0_u32..=12, -power(8)..power(8)).prop_map(|(places, units)| Number { units, places });
    // Halves of a cent, and what is next to them in the last place.
    let halves =
        (3_u32..=12, -20_000_i128..20_000, -1_i128..=1).prop_map(|(places, halves, by)| {
            let units = halves * 5 * power(places - 3) + by;
            Number { units, places }
        });
    prop_oneof![any, usual, halves]
}

/// Text that is next to a number.
fn near_number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[-+]?[0-9]{0,40}[.]?[0-9]{0,40}([eE][-+]?[0-9]{0,12})?",
        "[-+0-9.eE_ ]{0,12}",
    ]
}

fn from_json(text: &str) -> Result<Money, serde_json::Error> {
    serde_json::from_str(text)
}

/// What a good reply is read into.
fn replied<E: Endpoint>(endpoint: E, body: &str) -> E::Output {
    let options = CallOptions::default();
    let mut call = api("svps_live_a")
        .call(endpoint, options, 1, clocks(START))
        .unwrap();
    let reply = response(200, body);
    call.handle_reply(RequestId(1), reply, at(START)).unwrap();
    call.into_outcome().unwrap().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

    #[test]
    fn an_amount_is_shown_rounded_half_even_to_the_cent(number in any_number()) {
        prop_assert_eq!(number.read().to_string(), number.shown(), "{:?}", number);
        prop_assert_eq!(number.read().rounded().exact(), shortened(&number.shown()));
    }

    #[test]
    fn every_digit_of_an_amount_is_kept_in_its_exact_text(number in any_number()) {
        let money = number.read();
        prop_assert_eq!(money.exact(), number.shortest());
        prop_assert_eq!(money.exact().parse(), Ok(money));
        prop_assert_eq!(from_json(&money.exact()).unwrap(), money);
    }

    #[test]
    fn an_amount_is_the_same_however_it_is_written(number in any_number(), shift in 0_u32..6) {
        let Number { units, places } = number;
        let money = number.read();
        prop_assert_eq!(format!("{units}e-{places}").parse(), Ok(money));
        prop_assert_eq!(format!("{units}E-{places}").parse(), Ok(money));
        let smaller = Number { units, places: places + shift };
        prop_assert_eq!(format!("{}e{shift}", smaller.text()).parse(), Ok(money));
        prop_assert_eq!(from_json(&format!("{}e+{shift}", smaller.text())).unwrap(), money);
    }

    #[test]
    fn amounts_are_compared_and_subtracted_as_whole_numbers_are(
        one in any_number(), other in any_number(),
    ) {
        let places = one.places.max(other.places);
        let [units, others] = [one, other].map(|number| number.units * power(places - number.places));
        let (money, other_money) = (one.read(), other.read());
        prop_assert_eq!(money.cmp(&other_money), units.cmp(&others));
        prop_assert_eq!(money == other_money, units == others);
        prop_assert_eq!(money.is_negative(), units < 0);
        // Of more digits than 28 the last are rounded off.
        let units = units - others;
        if units.abs() < power(28) {
            let difference = Number { units, places }.shortest();
            prop_assert_eq!(money.minus(other_money).exact(), difference);
        }
    }

    #[test]
    fn a_number_in_a_reply_never_becomes_a_float(number in any_number()) {
        let sent = number.text();
        let wallet = format!(r#"{{"currency":"EUR","balance": {sent} }}"#);
        let wallet = replied(GetWallet, &wallet);
        prop_assert_eq!(wallet.balance.exact(), number.shortest());
        let account = json!({
            "id": "1", "email": "e", "role": "user", "balance": 7_777_777, "currency": "EUR",
            "activeVpsCount": 0, "totalVpsCount": 0, "createdAt": "2026-05-11T09:00:00.000Z",
            "affiliateStats": { "totalReferrals": 1, "successfulReferrals": 1, "totalEarnings": 7_777_777 },
        });
        let account = account.to_string().replace("7777777", &sent);
        let account = replied(GetAccount, &account);
        prop_assert_eq!(account.balance.exact(), number.shortest());
        let earned = account.affiliate_stats.unwrap().total_earnings;
        prop_assert_eq!(earned.exact(), number.shortest());
        let order = json!({
            "success": true, "id": "1", "planId": "pro", "billingCycle": "monthly", "location": "tokyo",
            "vpsStatus": "active", "cost": 7_777_777, "newBalance": 7_777_777, "currency": "EUR",
        });
        let order = order.to_string().replace("7777777", &sent);
        let order = replied(CreateVps::new("pro", "monthly", "tokyo").unwrap(), &order);
        prop_assert_eq!(order.cost.exact(), number.shortest());
        prop_assert_eq!(order.new_balance.exact(), number.shortest());
    }

    #[test]
    fn any_text_is_an_amount_or_refused(text in near_number()) {
        if let Ok(money) = text.parse::<Money>() {
            prop_assert_eq!(money.exact().parse(), Ok(money), "{}", text);
            let shown = money.to_string().parse::<Money>();
            prop_assert_eq!(shown, Ok(money.rounded()), "{}", text);
            prop_assert!(money.minus(Money::from_cents(0)) == money);
        }
        let _ = from_json(&text);
    }
}

fn shortened(shown: &str) -> String {
    let text = shown.trim_end_matches('0');
    text.strip_suffix('.').unwrap_or(text).to_owned()
}

#[test]
fn a_tenth_has_no_tail_that_was_not_sent() {
    for (sent, exact) in [
        ("0.1", "0.1"),
        ("0.10", "0.1"),
        ("1e-1", "0.1"),
        // These are one float, and three amounts.
        (
            "0.1000000000000000055511151231",
            "0.1000000000000000055511151231",
        ),
        (
            "0.10000000000000000000000001",
            "0.10000000000000000000000001",
        ),
        ("0.30000000000000004", "0.30000000000000004"),
        ("9007199254740993", "9007199254740993"),
        ("9007199254740992.01", "9007199254740992.01"),
        ("80.50999999999999", "80.50999999999999"),
    ] {
        assert_eq!(from_json(sent).unwrap().exact(), exact, "{sent}");
        let wallet = format!(r#"{{"balance":{sent},"currency":"EUR"}}"#);
        assert_eq!(replied(GetWallet, &wallet).balance.exact(), exact, "{sent}");
    }
}
