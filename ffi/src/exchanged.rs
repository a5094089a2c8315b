//! What became of requests.

use serde::Serialize;
use stablevps_core::http::{Delivery, HttpResponse, Reply};

/// What became of a request, for those who observe requests. It holds nothing of a body.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Exchanged {
    id: u32,
    #[serde(flatten)]
    outcome: Exchange,
}

#[derive(Clone, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum Exchange {
    Response {
        status: u16,
        received: usize,
        request_id: Option<String>,
    },
    Failed {
        failure: &'static str,
        delivery: Delivery,
    },
}

impl Exchanged {
    /// The headers in which services name a request.
    const REQUEST_ID: [&str; 2] = ["x-request-id", "request-id"];

    pub fn of(id: u32, reply: &Reply) -> Self {
        let outcome = match reply {
            Reply::Response(response) => Exchange::Response {
                status: response.status,
                received: response.body.len(),
                request_id: Self::request_id(response),
            },
            Reply::Failed(failure) => Exchange::Failed {
                failure: failure.kind.as_str(),
                delivery: failure.delivery,
            },
        };
        Self { id, outcome }
    }

    fn request_id(response: &HttpResponse) -> Option<String> {
        let mut names = Self::REQUEST_ID.iter();
        let found = names.find_map(|name| response.header(name));
        found.map(str::to_owned)
    }
}
