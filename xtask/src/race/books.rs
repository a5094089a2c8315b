//! What a race left, and whether it adds up.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::WORKERS;
use super::plan::{PRICE, Plan};
use super::worker::Scene;

/// What the service says.
#[derive(Deserialize)]
struct State {
    orders_placed: usize,
    vps: Vec<Vps>,
    total_charged: f64,
    balance: f64,
    funded: f64,
    requests: Requests,
    pending_faults: Vec<Value>,
}

#[derive(Deserialize)]
struct Vps {
    id: String,
}

#[derive(Deserialize)]
struct Requests {
    total: usize,
}

/// What the service, the store and the processes say.
pub struct Books {
    state: State,
    /// What each process printed of each key.
    ends: Vec<BTreeMap<String, BTreeSet<String>>>,
    /// Key, state, attempt and VPS.
    records: Vec<Vec<String>>,
    /// How often each fault struck.
    faults: BTreeMap<String, usize>,
    /// How often a call was made again, by the code of its end.
    repeated: BTreeMap<String, usize>,
}

impl Books {
    pub fn read(scene: &Scene<'_>, plan: &Plan) -> Result<Self> {
        let state: State = serde_json::from_value(scene.service.state()?)?;
        let mut ends = Vec::new();
        let mut repeated = BTreeMap::new();
        for worker in 0..WORKERS {
            ends.push(ends_of(&std::fs::read_to_string(scene.printed(worker))?));
            for line in std::fs::read_to_string(scene.repeated(worker))?.lines() {
                let code = line.split(' ').nth(1).unwrap_or(line);
                *repeated.entry(code.to_owned()).or_default() += 1;
            }
        }
        let listed = scene.listed()?;
        let words = |line: &str| line.split(' ').map(str::to_owned).collect();
        Ok(Self {
            faults: difference(&counted(&plan.faults()), &counted(&state.pending_faults)),
            state,
            ends,
            records: listed.lines().map(words).collect(),
            repeated,
        })
    }

    /// Every key has one VPS, on which everybody agrees, and nothing else was bought.
    pub fn check(&self, plan: &Plan) -> Result<()> {
        let keys = plan.keys;
        let State {
            orders_placed, vps, ..
        } = &self.state;
        ensure!(
            *orders_placed == keys,
            "{keys} keys, and {orders_placed} orders"
        );
        let ids: BTreeSet<_> = vps.iter().map(|vps| vps.id.as_str()).collect();
        ensure!(
            ids.len() == keys && vps.len() == keys,
            "{keys} keys, and {} VPS",
            vps.len()
        );
        self.check_wallet(keys)?;
        let owners = self.owners(keys)?;
        let owned: BTreeSet<_> = owners.values().map(String::as_str).collect();
        ensure!(
            owned == ids,
            "the store has {owned:?}, and the service {ids:?}"
        );
        for (number, ends) in self.ends.iter().enumerate() {
            for (key, id) in &owners {
                let printed = ends.get(key);
                let is_it = printed.is_some_and(|ends| ends.iter().eq([id]));
                ensure!(
                    is_it,
                    "{key} is {id}, and process {number} printed {printed:?}"
                );
            }
        }
        Ok(())
    }

    fn check_wallet(&self, keys: usize) -> Result<()> {
        let (charged, due) = (cents(self.state.total_charged), keys as u64 * PRICE);
        ensure!(
            charged == due,
            "{due} cents are due, and {charged} were charged"
        );
        let (left, funded) = (cents(self.state.balance), cents(self.state.funded));
        ensure!(left + due == funded, "of {funded} cents, {left} are left");
        Ok(())
    }

    /// The VPS of each key, by the store.
    fn owners(&self, keys: usize) -> Result<BTreeMap<String, String>> {
        let mut owners = BTreeMap::new();
        for record in &self.records {
            let [key, state, _, id] = &record[..] else {
                anyhow::bail!("the store has {record:?}");
            };
            ensure!(state == "ready", "{key} is {state}");
            owners.insert(key.clone(), id.clone());
        }
        let (rows, known) = (self.records.len(), owners.len());
        ensure!(
            rows == keys && known == keys,
            "{keys} keys, and {rows} records of {known}"
        );
        Ok(owners)
    }

    fn attempts(&self) -> usize {
        let attempts = self.records.iter().filter_map(|record| record.get(2));
        attempts
            .filter_map(|attempt| attempt.parse::<usize>().ok())
            .sum()
    }
}

impl fmt::Display for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} keys, {} attempts, {} requests; faults: {}; asked again after: {}",
            self.records.len(),
            self.attempts(),
            self.state.requests.total,
            shown(&self.faults),
            shown(&self.repeated)
        )
    }
}

fn ends_of(printed: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut ends = BTreeMap::<_, BTreeSet<_>>::new();
    for (key, end) in printed.lines().filter_map(|line| line.split_once(' ')) {
        ends.entry(key.to_owned())
            .or_default()
            .insert(end.to_owned());
    }
    ends
}

fn cents(euros: f64) -> u64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let cents = (euros * 100.0).round() as u64;
    cents
}

/// How many faults of each name there are in a list.
fn counted(faults: &[Value]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for action in faults.iter().filter_map(|fault| fault.get("do")) {
        let names = action.as_object().map(|action| action.keys().next());
        let name = names.flatten().map(String::as_str).or(action.as_str());
        let name = name.unwrap_or_default().to_owned();
        *counts.entry(name).or_default() += 1;
    }
    counts
}

fn difference(
    planned: &BTreeMap<String, usize>,
    pending: &BTreeMap<String, usize>,
) -> BTreeMap<String, usize> {
    let met = |(name, count): (&String, &usize)| {
        let left = pending.get(name).copied().unwrap_or_default();
        (name.clone(), count.saturating_sub(left))
    };
    planned.iter().map(met).collect()
}

fn shown(counts: &BTreeMap<String, usize>) -> String {
    let each = counts.iter().map(|(name, count)| format!("{name} {count}"));
    each.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PLAN: Plan = Plan { seed: 1, keys: 2 };

    /// What is left by a race of two keys in which all went well, changed.
    fn verdict(change: impl FnOnce(&mut Books)) -> String {
        let state = json!({
            "orders_placed": 2, "vps": [{"id": "v1"}, {"id": "v2"}], "total_charged": 24.98, "balance": 201.02,
            "funded": 226, "requests": {"total": 9}, "pending_faults": [],
        });
        let record = |number| {
            ["order", "ready", "1", "v"].map(|word| match word {
                "order" => format!("order-{number}"),
                "v" => format!("v{number}"),
                other => other.to_owned(),
            })
        };
        let mut books = Books {
            state: serde_json::from_value(state).unwrap(),
            ends: vec![ends_of("order-1 v1\norder-2 v2\norder-1 v1\n"); WORKERS],
            records: vec![record(1).to_vec(), record(2).to_vec()],
            faults: BTreeMap::new(),
            repeated: BTreeMap::new(),
        };
        change(&mut books);
        let verdict = books.check(&PLAN).err();
        verdict.map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn books_add_up_only_where_everybody_has_one_vps_for_each_key() {
        assert_eq!(verdict(|_| {}), "");
        let thrice = verdict(|books| books.state.orders_placed = 3);
        assert_eq!(thrice, "2 keys, and 3 orders");
        let id = "v3".to_owned();
        let more = verdict(|books| books.state.vps.push(Vps { id }));
        assert_eq!(more, "2 keys, and 3 VPS");
        let charged = verdict(|books| books.state.total_charged += 0.01);
        assert_eq!(charged, "2498 cents are due, and 2499 were charged");
        let gone = verdict(|books| books.state.balance -= 0.01);
        assert_eq!(gone, "of 22600 cents, 20101 are left");
        let open = verdict(|books| books.records[1][1] = "unresolved".to_owned());
        assert_eq!(open, "order-2 is unresolved");
        let shared = verdict(|books| books.records[1][3] = "v1".to_owned());
        assert_eq!(
            shared,
            r#"the store has {"v1"}, and the service {"v1", "v2"}"#
        );
        let twice = verdict(|books| books.ends[3] = ends_of("order-1 v1\norder-1 v2\norder-2 v2"));
        assert_eq!(
            twice,
            r#"order-1 is v1, and process 3 printed Some({"v1", "v2"})"#
        );
        let silent = verdict(|books| books.ends[0] = ends_of("order-1 v1"));
        assert_eq!(silent, "order-2 is v2, and process 0 printed None");
        let failed = verdict(|books| books.ends[1] = ends_of("order-1 !unresolved\norder-2 v2"));
        assert_eq!(
            failed,
            r#"order-1 is v1, and process 1 printed Some({"!unresolved"})"#
        );
    }
}
