//! The same seed and the same requests give the same bytes.

use serde_json::{Value, json};

use crate::bench::{Bench, order};

fn transcript(seed: u64) -> Vec<Vec<u8>> {
    let mut bench = Bench::with(
        &json!({"seed": seed, "provisioning_ms": {"min": 1, "max": 100_000}, "vps": [{}]}),
    );
    let sign_in = json!({"email": "john@example.com", "password": "correct horse battery staple", "name": "a"});
    let mut bodies = Vec::new();
    for plan in ["basic", "prime"] {
        bodies.push(bench.response("POST", "/vps", &order(plan)).body);
        bench.now += 50_000;
    }
    bodies.push(bench.response("POST", "/auth", &sign_in).body);
    for path in ["/auth", "/vps", "/account"] {
        bodies.push(bench.response("GET", path, &Value::Null).body);
    }
    let vps = bench.state().vps;
    bodies.extend(vps.iter().map(|vps| {
        bench
            .response("GET", &format!("/vps/{}", vps.id), &Value::Null)
            .body
    }));
    bodies
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
    assert_eq!(transcript(7), transcript(7));
    assert_ne!(transcript(7), transcript(8));
}

#[test]
fn a_list_that_is_kept_says_the_same_as_one_made_anew() {
    let mut bench =
        Bench::with(&json!({"provisioning_ms": {"min": 0, "max": 1000}, "details_delay_ms": 300}));
    bench.fault(&json!({"do": {"late_order": {"ms": 700}}}));
    bench.exchange("POST", "/vps", &order("basic"));
    (0..4).for_each(|_| drop(bench.buy("basic")));
    let start = bench.now;
    for after in (0..1500).step_by(50).chain([400, 0]) {
        bench.now = start + after;
        let kept = bench.get("/vps");
        // A change of nothing throws the kept text away.
        let id = bench.state().vps[0].id.clone();
        bench.control(&json!({"set_vps": {"id": id}}));
        assert_eq!(bench.get("/vps"), kept, "{after}");
    }
}
