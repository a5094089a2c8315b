//! From what a person types to a VPS: an id, a unique beginning of one, an address, or a host name.

use crate::api::{Client, Vps, VpsDetails, VpsId};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};

/// How many digits an id of the service has. One that is complete is taken as it is, without asking.
const ID_DIGITS: usize = 24;

/// The id that is meant.
pub fn id(client: &Client, text: &str) -> Outcome<VpsId> {
    if is_whole_id(text) {
        return text
            .parse()
            .map_err(|reason| Failure::usage(format!("`{text}` {reason}")));
    }
    let fleet = client.vps().list()?;
    if let Some(vps) = fleet.iter().find(|vps| vps.id.as_str() == text) {
        return Ok(vps.id.clone());
    }
    let near: Vec<&Vps> = fleet.iter().filter(|vps| is_meant(vps, text)).collect();
    match near.as_slice() {
        [vps] => Ok(vps.id.clone()),
        [] => by_host_name(client, &fleet, text),
        several => Err(ambiguous(text, several.iter().map(|vps| vps.id.as_str()))),
    }
}

/// The VPS that is meant, with everything that is known of it.
pub fn details(client: &Client, text: &str) -> Outcome<VpsDetails> {
    Ok(client.vps().get(&id(client, text)?)?)
}

fn is_whole_id(text: &str) -> bool {
    text.len() == ID_DIGITS && text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

fn is_meant(vps: &Vps, text: &str) -> bool {
    let is_beginning = !text.is_empty() && vps.id.as_str().starts_with(text);
    is_beginning || vps.ip_address.as_deref() == Some(text)
}

/// Only a look at the single VPS tells host names, so each is looked at.
fn by_host_name(client: &Client, fleet: &[Vps], text: &str) -> Outcome<VpsId> {
    let mut found = Vec::new();
    for vps in fleet {
        let name = client.vps().get(&vps.id)?.hostname;
        if name.is_some_and(|name| name.eq_ignore_ascii_case(text)) {
            found.push(vps.id.clone());
        }
    }
    match found.as_slice() {
        [id] => Ok(id.clone()),
        [] => Err(Failure::new(
            Exit::NotFound,
            format!("there is no VPS `{text}` in this account"),
        )
        .next("`svps list` shows every VPS.")),
        several => Err(ambiguous(text, several.iter().map(VpsId::as_str))),
    }
}

fn ambiguous<'a>(text: &str, ids: impl Iterator<Item = &'a str>) -> Failure {
    let ids: Vec<_> = ids.collect();
    Failure::usage(format!("`{text}` can be any of {}", ids.join(", ")))
        .next("Nothing was done. Type more of the id.")
}
