//! `plans` and `locations`: what the command knows without asking the service.

use serde_json::{Value, json};

use crate::api::{Location, plans as catalogue};
use crate::context::Context;
use crate::failure::Outcome;
use crate::output::{Column, Look, Record, record};

/// Examples of `svps list`.
pub const LIST_EXAMPLES: &str = "Examples:
  svps list
  svps list --columns id,location,ipAddress
  svps list -o json | jq '.[] | select(.vpsStatus != \"active\")'
  svps list -q | xargs svps reboot";

const PLANS: [Column; 7] = [
    Column::new("id", "PLAN", Look::Text),
    Column::new("name", "NAME", Look::Text),
    Column::new("vcpus", "VCPU", Look::Number),
    Column::new("memoryMb", "MEMORY MB", Look::Number),
    Column::new("storageGb", "NVME GB", Look::Number),
    Column::new("monthly", "EUR/MONTH", Look::Number),
    Column::new("yearly", "EUR/YEAR", Look::Number),
];

const LOCATIONS: [Column; 2] = [
    Column::new("id", "LOCATION", Look::Text),
    Column::new("name", "NAME", Look::Text),
];

/// Prints every plan with its price.
pub fn plans(context: &Context) -> Outcome {
    let records: Vec<_> = catalogue().iter().map(record).collect();
    context.output.list(&PLANS, &records)
}

/// Prints every location.
pub fn locations(context: &Context) -> Outcome {
    let record = |id: &&str| -> Record {
        let fields = [("id", json!(id)), ("name", Value::from(city(id)))];
        fields
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect()
    };
    let records: Vec<_> = Location::KNOWN.iter().map(record).collect();
    context.output.list(&LOCATIONS, &records)
}

/// `newYork` as `New York`.
fn city(id: &str) -> String {
    let mut name = String::new();
    for (place, letter) in id.char_indices() {
        if place > 0 && letter.is_ascii_uppercase() {
            name.push(' ');
        }
        name.push(if place == 0 {
            letter.to_ascii_uppercase()
        } else {
            letter
        });
    }
    name
}

#[cfg(test)]
mod tests {
    use super::city;

    #[test]
    fn a_location_is_shown_as_the_city_is_written() {
        assert_eq!(city("newYork"), "New York");
        assert_eq!(city("tokyo"), "Tokyo");
    }
}
