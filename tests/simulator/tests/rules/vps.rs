//! `GET /vps`, `GET` and `DELETE /vps/:id`, actions, and the life of a VPS.

use serde_json::{Value, json};
use stablevps_simulator::Power;

use crate::bench::{Bench, START, error};

fn status_of(bench: &mut Bench, id: &str) -> Value {
    bench.get(&format!("/vps/{id}"))["vpsStatus"].clone()
}

#[test]
fn the_list_shows_no_password_and_no_host_name() {
    let mut bench = Bench::with(&json!({"provisioning_ms": 0}));
    let id = bench.buy("prime");
    let expected = json!({
        "total": 1,
        "vps": [{
            "id": id, "planId": "prime", "billingCycle": "monthly", "status": "active", "vpsStatus": "active",
            "ipAddress": "198.18.0.1", "location": "amsterdam", "rdpUsername": "Administrator",
            "serverId": "zomro-12345", "currentPeriodEnd": "2026-06-11T09:00:00.000Z",
            "createdAt": "2026-05-11T09:00:00.000Z",
        }],
    });
    assert_eq!(bench.get("/vps"), expected);
}

#[test]
fn a_lookup_shows_everything_once_it_is_active() {
    let mut bench = Bench::with(&json!({"provisioning_ms": 0}));
    let id = bench.buy("prime");
    let mut vps = bench.get(&format!("/vps/{id}"));
    let password = vps["rdpPassword"].take();
    let expected = json!({
        "id": id, "planId": "prime", "billingCycle": "monthly", "status": "active", "vpsStatus": "active",
        "ipAddress": "198.18.0.1", "hostname": format!("vps-john-{START}"), "rdpUsername": "Administrator",
        "rdpPassword": null, "location": "amsterdam", "serverId": "zomro-12345",
        "currentPeriodStart": "2026-05-11T09:00:00.000Z", "currentPeriodEnd": "2026-06-11T09:00:00.000Z",
        "createdAt": "2026-05-11T09:00:00.000Z",
    });
    assert_eq!(vps, expected);
    assert_eq!(password.as_str().unwrap().len(), 16);
}

#[test]
fn the_newest_vps_comes_first_and_each_has_its_own_address_and_password() {
    let mut bench = Bench::with(&json!({"provisioning_ms": 0}));
    let ids = [bench.buy("basic"), bench.buy("basic")];
    let list = bench.get("/vps");
    assert_eq!(
        (&list["vps"][0]["id"], &list["vps"][1]["id"]),
        (&json!(ids[1]), &json!(ids[0]))
    );
    let [one, other] = ids.map(|id| bench.get(&format!("/vps/{id}")));
    for field in ["ipAddress", "rdpPassword", "serverId"] {
        assert_ne!(one[field], other[field], "{field}");
    }
}

#[test]
fn a_vps_is_provisioning_until_its_time_has_come() {
    let mut bench = Bench::with(&json!({"provisioning_ms": 1000}));
    let id = bench.buy("basic");
    for (after, status) in [
        (0, "provisioning"),
        (999, "provisioning"),
        (1000, "active"),
        (9999, "active"),
    ] {
        bench.now = START + after;
        assert_eq!(status_of(&mut bench, &id), status, "{after}");
        assert_eq!(bench.get("/vps")["vps"][0]["vpsStatus"], status, "{after}");
    }
}

#[test]
fn provisioning_can_differ_from_vps_to_vps() {
    let mut bench = Bench::with(&json!({"provisioning_ms": {"min": 1000, "max": 2000}}));
    let ids: Vec<String> = (0..8).map(|_| bench.buy("basic")).collect();
    let active_at = |bench: &mut Bench, ms| {
        bench.now = START + ms;
        ids.iter()
            .filter(|id| status_of(bench, id) == "active")
            .count()
    };
    assert_eq!(active_at(&mut bench, 999), 0);
    assert!((1..8).contains(&active_at(&mut bench, 1500)));
    assert_eq!(active_at(&mut bench, 2000), 8);
}

#[test]
fn unset_fields_are_left_out_or_null() {
    for (as_null, expected) in [(false, None), (true, Some(&Value::Null))] {
        let mut bench = Bench::with(&json!({"unset_as_null": as_null}));
        let id = bench.buy("basic");
        let shown = bench.get(&format!("/vps/{id}"));
        for field in ["ipAddress", "hostname", "rdpPassword"] {
            assert_eq!(shown.get(field), expected, "{field}");
        }
        assert_eq!(bench.get("/vps")["vps"][0].get("ipAddress"), expected);
    }
}

#[test]
fn address_and_password_can_come_later_than_active() {
    let mut bench = Bench::with(&json!({"provisioning_ms": 1000, "details_delay_ms": 500}));
    let path = format!("/vps/{}", bench.buy("basic"));
    for (after, there) in [(1000, false), (1499, false), (1500, true)] {
        bench.now = START + after;
        let vps = bench.get(&path);
        assert_eq!(vps["vpsStatus"], "active");
        assert_eq!(
            (vps["ipAddress"].is_string(), vps["rdpPassword"].is_string()),
            (there, there),
            "{after}"
        );
        assert_eq!(
            bench.get("/vps")["vps"][0]["ipAddress"].is_string(),
            there,
            "{after}"
        );
    }
}

#[test]
fn a_new_vps_can_be_listed_before_it_is_found_by_id() {
    let mut bench = Bench::with(&json!({"appear_404_ms": 1000}));
    let path = format!("/vps/{}", bench.buy("basic"));
    assert_eq!(
        (bench.get_status(&path), bench.get("/vps")["total"].clone()),
        (404, json!(1))
    );
    bench.now += 1000;
    assert_eq!(bench.get_status(&path), 200);
}

#[test]
fn unknown_and_foreign_vps_are_404_alike() {
    let foreign = "f".repeat(24);
    let mut bench = Bench::with(&json!({"foreign_vps": [{"id": foreign}]}));
    let unknown = "0".repeat(24);
    for id in [&foreign, &unknown] {
        let path = format!("/vps/{id}");
        let missing = error(404, "VPS not found");
        assert_eq!(bench.call("GET", &path, &Value::Null), missing);
        assert_eq!(bench.call("DELETE", &path, &Value::Null), missing);
        assert_eq!(
            bench.call(
                "POST",
                &format!("{path}/actions"),
                &json!({"action": "stop"})
            ),
            missing
        );
    }
    assert_eq!(bench.get("/vps"), json!({"vps": [], "total": 0}));
    assert_eq!(bench.state().foreign_vps, [foreign]);
}

#[test]
fn a_deleted_vps_is_gone_and_its_money_too() {
    let mut bench = Bench::new();
    let id = bench.buy("prime");
    let path = format!("/vps/{id}");
    let done = json!({"success": true, "message": "VPS terminated successfully", "id": id, "providerDeleted": true});
    assert_eq!(bench.call("DELETE", &path, &Value::Null), (200, done));
    assert_eq!(
        bench.call("DELETE", &path, &Value::Null),
        error(404, "VPS not found")
    );
    assert_eq!(bench.get_status(&path), 404);
    assert_eq!(bench.get("/vps")["total"], 0);
    assert_eq!(bench.get("/wallet")["balance"], 80.51);
    assert_eq!(bench.state().vps_deleted, 1);
}

#[test]
fn an_action_is_confirmed_with_the_providers_id() {
    let mut bench = Bench::with(&json!({"provisioning_ms": 0}));
    let id = bench.buy("basic");
    for action in ["stop", "start", "reboot"] {
        let reply = bench.call(
            "POST",
            &format!("/vps/{id}/actions"),
            &json!({"action": action}),
        );
        let message = format!("VPS {action} request sent successfully");
        let done =
            json!({"success": true, "action": action, "vpsId": "zomro-12345", "message": message});
        assert_eq!(reply, (200, done));
    }
}

#[test]
fn a_stopped_vps_stays_active_and_a_reboot_starts_it() {
    let mut bench = Bench::with(&json!({"provisioning_ms": 0}));
    let id = bench.buy("basic");
    for (action, power, reboots) in [
        ("stop", Power::Stopped, 0),
        ("stop", Power::Stopped, 0),
        ("reboot", Power::Running, 1),
        ("start", Power::Running, 1),
    ] {
        assert_eq!(
            bench
                .call(
                    "POST",
                    &format!("/vps/{id}/actions"),
                    &json!({"action": action})
                )
                .0,
            200
        );
        assert_eq!(status_of(&mut bench, &id), "active");
        let vps = &bench.state().vps[0];
        assert_eq!((vps.power, vps.reboots), (power, reboots), "{action}");
    }
}

#[test]
fn a_wrong_action_is_400_even_on_an_unknown_vps() {
    let mut bench = Bench::new();
    let wrong = error(400, "Invalid action. Must be one of: start, stop, reboot");
    assert_eq!(
        bench.call("POST", "/vps/none/actions", &json!({"action": "explode"})),
        wrong
    );
    assert_eq!(
        bench.call("POST", "/vps/none/actions", &json!({})),
        error(400, "action is required")
    );
}

#[test]
fn an_action_is_refused_while_the_vps_is_out_of_service() {
    let mut bench = Bench::new();
    let id = bench.buy("basic");
    let path = format!("/vps/{id}/actions");
    let reboot = json!({"action": "reboot"});
    let refused = error(400, "VPS is not active (current status: provisioning)");
    assert_eq!(bench.call("POST", &path, &reboot), refused);
    for (status, expected) in [
        ("suspended", 400),
        ("terminated", 400),
        ("stopped", 200),
        ("active", 200),
    ] {
        bench.control(&json!({"set_vps": {"id": id, "vps_status": status}}));
        assert_eq!(bench.call("POST", &path, &reboot).0, expected, "{status}");
    }
    assert_eq!(bench.state().vps[0].reboots, 2);
}

#[test]
fn a_vps_answers_that_is_active_runs_and_does_not_hang() {
    let mut bench = Bench::with(&json!({"provisioning_ms": 60_000}));
    let id = bench.buy("basic");
    let path = format!("/vps/{id}/actions");
    let answers = |bench: &mut Bench| bench.state().vps[0].answers;
    assert!(!answers(&mut bench), "it is being set up");
    assert_eq!(bench.state().vps[0].ip_address, None);
    bench.now += 60_000;
    assert!(answers(&mut bench));
    assert_eq!(
        bench.state().vps[0].ip_address.as_deref(),
        Some("198.18.0.1")
    );
    for (ends, begins) in [
        (json!({"hangs": true}), Some("reboot")),
        (json!({"vps_status": "suspended"}), None),
    ] {
        let mut change = ends.clone();
        change["id"] = json!(id);
        bench.control(&json!({ "set_vps": change }));
        assert!(!answers(&mut bench), "{ends}");
        match begins {
            Some(action) => drop(bench.call("POST", &path, &json!({ "action": action }))),
            None => drop(bench.control(&json!({"set_vps": {"id": id, "vps_status": "active"}}))),
        }
        assert!(answers(&mut bench), "{ends}");
    }
    // A start does not help one that hangs; it runs already.
    bench.control(&json!({"set_vps": {"id": id, "hangs": true}}));
    for (action, expected) in [("start", false), ("stop", false), ("start", true)] {
        bench.call("POST", &path, &json!({ "action": action }));
        assert_eq!(answers(&mut bench), expected, "{action}");
    }
}
