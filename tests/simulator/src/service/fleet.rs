//! All VPS, and the list of them.

use serde::{Deserialize, Serialize};

use super::moment::Moment;
use super::views::{ListedVps, Unset};
use super::vps::Vps;

/// All VPS, oldest first. The text of the list is kept until a VPS or the time changes what it says.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Fleet {
    vps: Vec<Vps>,
    deleted: u64,
    #[serde(skip)]
    list: Option<ListText>,
}

#[derive(Debug)]
struct ListText {
    body: Vec<u8>,
    from: Moment,
    until: Moment,
}

#[derive(Serialize)]
struct ListBody<'a> {
    vps: Vec<ListedVps<'a>>,
    total: usize,
}

impl Fleet {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Vps> {
        self.vps.iter()
    }

    pub(crate) fn deleted(&self) -> u64 {
        self.deleted
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.vps.iter().any(|vps| vps.id == id)
    }

    pub(crate) fn add(&mut self, vps: Vps) {
        self.list = None;
        self.vps.push(vps);
    }

    /// The account's own VPS of that id, if the API shows it by now.
    pub(crate) fn find(&self, id: &str, now: Moment) -> Option<&Vps> {
        self.vps
            .iter()
            .find(|vps| vps.id == id && vps.is_found(now))
    }

    /// Any VPS of that id, to be changed.
    pub(crate) fn change(&mut self, id: &str) -> Option<&mut Vps> {
        self.list = None;
        self.vps.iter_mut().find(|vps| vps.id == id)
    }

    pub(crate) fn delete(&mut self, id: &str) {
        self.list = None;
        let before = self.vps.len();
        self.vps.retain(|vps| vps.id != id);
        self.deleted += u64::from(self.vps.len() < before);
    }

    /// The body of `GET /vps`, newest first.
    pub(crate) fn list(&mut self, unset: Unset, now: Moment) -> Vec<u8> {
        match &self.list {
            Some(kept) if kept.from <= now && now < kept.until => kept.body.clone(),
            _ => {
                let body = self.list_body(unset, now);
                let until = self.vps.iter().filter_map(|vps| vps.next_change(now)).min();
                self.list = Some(ListText {
                    body: body.clone(),
                    from: now,
                    until: until.unwrap_or(Moment(i64::MAX)),
                });
                body
            }
        }
    }

    fn list_body(&self, unset: Unset, now: Moment) -> Vec<u8> {
        let listed = self.vps.iter().rev().filter(|vps| vps.is_listed(now));
        let vps: Vec<_> = listed.map(|vps| ListedVps::new(vps, unset, now)).collect();
        let total = vps.len();
        serde_json::to_vec(&ListBody { vps, total }).unwrap_or_default()
    }
}
