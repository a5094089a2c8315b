//! `GET /vps`, `GET` and `DELETE /vps/:id`, `POST /vps/:id/actions`.

use serde::Serialize;

use super::Service;
use super::moment::Moment;
use super::reply::{choice, error, json_bytes, json_reply, object};
use super::views::ShownVps;
use super::vps::{Action, Vps};
use crate::Response;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeleteReply<'a> {
    success: bool,
    message: &'a str,
    id: &'a str,
    provider_deleted: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ActionReply<'a> {
    success: bool,
    action: &'a str,
    vps_id: &'a str,
    message: String,
}

impl Service {
    pub(crate) fn list_vps(&mut self, now: Moment) -> Response {
        json_bytes(200, self.fleet.list(self.unset, now))
    }

    pub(crate) fn show_vps(&self, id: &str, now: Moment) -> Result<Response, Response> {
        Ok(json_reply(
            200,
            &ShownVps::new(self.own_vps(id, now)?, self.unset, now),
        ))
    }

    /// Removes it for good: it leaves the list, a second call answers 404, and no money comes back.
    pub(crate) fn delete_vps(&mut self, id: &str, now: Moment) -> Result<Response, Response> {
        self.own_vps(id, now)?;
        self.fleet.delete(id);
        let message = "VPS terminated successfully";
        Ok(json_reply(
            200,
            &DeleteReply {
                success: true,
                message,
                id,
                provider_deleted: true,
            },
        ))
    }

    pub(crate) fn act_on_vps(
        &mut self,
        id: &str,
        body: &[u8],
        now: Moment,
    ) -> Result<Response, Response> {
        let fields = object(body)?;
        let name = choice(&fields, "action", &Action::NAMES)?;
        let vps = self.own_vps(id, now)?;
        if vps.is_out_of_service(now) {
            return Err(error(
                400,
                &format!("VPS is not active (current status: {})", vps.status(now)),
            ));
        }
        let message = format!("VPS {name} request sent successfully");
        let reply = json_reply(
            200,
            &ActionReply {
                success: true,
                action: name,
                vps_id: &vps.server_id,
                message,
            },
        );
        if let (Some(vps), Some(action)) = (self.fleet.change(id), Action::named(name)) {
            vps.act(action);
        }
        Ok(reply)
    }

    fn own_vps(&self, id: &str, now: Moment) -> Result<&Vps, Response> {
        self.fleet
            .find(id, now)
            .ok_or_else(|| error(404, "VPS not found"))
    }
}
