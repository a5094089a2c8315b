//! An account that is watched: its VPS hang, are halted and stopped, and the networks in between fail. The truth is the
//! world's, which shares no rule with the watch.

// Every test program uses its own part of this.
#![allow(dead_code)]

use stablevps_core::clock::{Instant, Now};
use stablevps_core::config::{Api, CallOptions};
use stablevps_core::endpoints::ControlVps;
use stablevps_core::http::{Delivery, FailureKind, HttpRequest, Reply};
use stablevps_core::probe::ProbeRequest;
use stablevps_core::step::Step;
use stablevps_core::watch::{ProbeOutcome, ProbeTarget, Watch, WatchEvent, WatchOptions};
use stablevps_simulator::{Command, Config, Simulator, VpsChange, VpsSeed};

use crate::support::{START, api, carry, failed, response};

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
/// What a request and an accepted connection take.
const LATENCY: i64 = 40;
/// A reboot brings a VPS back after that.
const BOOT: i64 = 90_000;

/// What happens in the world. A VPS is named by its number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Act {
    /// It hangs until it is rebooted.
    Hang(usize),
    /// It does not answer for so long, and comes back by itself.
    Blip(usize, i64),
    /// The service changes its `vpsStatus`; a VPS that is not active does not run.
    Machine(usize, &'static str),
    /// The service changes its billing status.
    Billing(usize, &'static str),
    /// The program that watches stops it, or starts it.
    Stop(usize),
    Start(usize),
    /// The program that watches reboots it.
    Reboot(usize),
    /// The watcher's own network is gone for so long: nothing gets out.
    NoNetwork(i64),
    /// Connections to VPS are blocked for so long, and the service answers.
    NoProbes(i64),
    /// The host can't try to connect for so long.
    NoSockets(i64),
    /// A place can't be reached for so long.
    NoPlace(&'static str, i64),
    /// The service does not list for so long: how it answers instead.
    NoList(Trouble, i64),
    /// The list leaves a VPS out for so long.
    Unlisted(usize, i64),
    /// Replies to reboots are lost for so long.
    NoReplies(i64),
    /// The watcher's machine sleeps for so long: its monotonic clock stands.
    Sleep(i64),
    /// It is deleted elsewhere.
    Delete(usize),
    /// The wallet holds so much.
    Balance(f64),
    /// The key is no longer valid.
    EndKey,
}

/// How a service in trouble answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Broken,
    Html,
    Limited,
    Lost,
    Refused,
    Short,
}

/// Spans during which something is cut. Each is over at its moment.
#[derive(Default)]
struct Cuts {
    network: i64,
    probes: i64,
    sockets: i64,
    place: (&'static str, i64),
    list: Option<(Trouble, i64)>,
    unlisted: Option<(usize, i64)>,
    replies: i64,
}

/// A VPS as it truly is.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Debug)]
pub struct Server {
    pub id: String,
    pub place: &'static str,
    /// Since when it hangs.
    hung: Option<i64>,
    up_from: i64,
    pub is_active: bool,
    pub is_paid: bool,
    pub is_stopped: bool,
    is_gone: bool,
    pub is_excluded: bool,
    /// When the watch last rebooted it, by the monotonic clock, and whether the reply was lost.
    rebooted: Option<(i64, bool)>,
    pub reboots: u32,
    /// Looks in a row in which a reboot was due.
    due_looks: u32,
    /// The hang for which a reboot was missed.
    missed: Option<i64>,
    /// When it fell silent, for the others.
    silent_from: Option<i64>,
}

pub struct World {
    pub simulator: Simulator,
    pub api: Api,
    pub watch: Watch,
    pub options: WatchOptions,
    pub now: i64,
    /// For how long the monotonic clock has stood.
    slept: i64,
    pub servers: Vec<Server>,
    cuts: Cuts,
    /// What happens, the last first.
    plan: Vec<(i64, Act)>,
    seeds: fastrand::Rng,
    /// Reboots of this look.
    in_look: usize,
    pub looks: u64,
    /// Hangs for which a reboot was due: rebooted, and not.
    pub caught: u64,
    pub missed: u64,
    pub is_over: bool,
    /// Whether no reboot brings a VPS back.
    pub is_beyond_help: bool,
    /// How the service answers reboots instead.
    pub refusal: Option<(u16, &'static str)>,
    /// The status that `GET /vps/:id` shows, and the list does not.
    pub status_by_id: Option<&'static str>,
}

impl World {
    /// An account with a VPS at each place, in which `plan` happens.
    pub fn new(
        places: &[&'static str],
        options: WatchOptions,
        mut plan: Vec<(i64, Act)>,
        seed: u64,
    ) -> Self {
        let vps = places.iter().enumerate().map(|(number, place)| VpsSeed {
            id: Some(format!("vps-{number:03}")),
            location: (*place).to_owned(),
            created_at_ms: Some(START),
            ..VpsSeed::default()
        });
        let simulator = Simulator::new(Config {
            seed,
            vps: vps.collect(),
            ..Config::default()
        });
        let api = api(simulator.initial_key());
        let now = Now::from_millis(0, START);
        let server = |(number, place): (usize, &&'static str)| Server {
            id: format!("vps-{number:03}"),
            place,
            hung: None,
            up_from: 0,
            is_active: true,
            is_paid: true,
            is_stopped: false,
            is_gone: false,
            is_excluded: options.exclude.contains(&format!("vps-{number:03}")),
            rebooted: None,
            reboots: 0,
            due_looks: 0,
            missed: None,
            silent_from: None,
        };
        plan.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        Self {
            watch: Watch::new(&api, &options, seed, now).unwrap(),
            servers: places.iter().enumerate().map(server).collect(),
            simulator,
            api,
            options,
            now: START,
            slept: 0,
            cuts: Cuts::default(),
            plan,
            seeds: fastrand::Rng::with_seed(seed),
            in_look: 0,
            looks: 0,
            caught: 0,
            missed: 0,
            is_over: false,
            is_beyond_help: false,
            refusal: None,
            status_by_id: None,
        }
    }

    /// Where the VPS are, and what is going to happen, in minutes.
    pub fn story(&self) -> String {
        let places: Vec<_> = self.servers.iter().map(|server| server.place).collect();
        let plan = self.plan.iter().rev();
        let plan: Vec<_> = plan
            .map(|(at, act)| format!("{} {act:?}", at / MINUTE))
            .collect();
        format!("{places:?}\n{}", plan.join(", "))
    }

    pub fn instant(&self) -> Instant {
        Instant::from_millis(u64::try_from(self.now - START - self.slept).unwrap())
    }

    /// Runs for so long, and hands every event out.
    pub fn run(&mut self, until: i64, mut told: impl FnMut(&WatchEvent)) {
        let end = START + until;
        while self.now < end && !self.is_over {
            while let Some(event) = self.watch.take_event() {
                told(&event);
            }
            match self.watch.next_step(self.instant()) {
                Step::Wait { delay_ms, .. } => {
                    let delay = i64::try_from(delay_ms).unwrap();
                    assert!(delay > 0, "a wait takes time");
                    self.pass(delay);
                }
                Step::Send(request) => {
                    self.pass(LATENCY);
                    let reply = self.reply(&request);
                    let now = self.instant();
                    self.watch.handle_reply(request.id, reply, now).unwrap();
                }
                Step::Probe(request) => {
                    let ProbeRequest {
                        id,
                        targets,
                        within_ms,
                    } = *request;
                    let outcomes: Vec<_> = targets.iter().map(|one| self.probe(one)).collect();
                    self.note_look(&targets);
                    let is_slow = outcomes.contains(&ProbeOutcome::Silent);
                    let within = i64::try_from(within_ms).unwrap();
                    self.pass(if is_slow { within } else { LATENCY });
                    let now = self.instant();
                    self.watch.handle_probes(id, &outcomes, now).unwrap();
                }
                Step::Done(_) => self.is_over = true,
            }
        }
    }

    /// Lets time pass, and what is planned happen.
    fn pass(&mut self, delay: i64) {
        let until = self.now + delay;
        while let Some((at, act)) = self.plan.pop_if(|(at, _)| START + *at <= until) {
            self.now = self.now.max(START + at);
            self.act(act);
        }
        self.now = self.now.max(until);
    }

    fn act(&mut self, act: Act) {
        let now = self.now;
        match act {
            Act::Hang(number) => {
                let server = &mut self.servers[number];
                server.due_looks = 0;
                server.hung.get_or_insert(now);
            }
            Act::Blip(number, ms) => self.servers[number].up_from = now + ms,
            Act::Machine(number, status) => {
                self.servers[number].is_active = status == "active";
                self.change(number, |change| change.vps_status = Some(status.to_owned()));
            }
            Act::Billing(number, status) => {
                self.servers[number].is_paid = matches!(status, "active" | "trialing");
                self.change(number, |change| change.status = Some(status.to_owned()));
            }
            Act::Stop(number) => {
                let stop = ControlVps::stop(&self.servers[number].id).unwrap();
                self.power(stop, number, true);
            }
            Act::Start(number) => {
                let start = ControlVps::start(&self.servers[number].id).unwrap();
                self.power(start, number, false);
            }
            Act::Reboot(number) => {
                let reboot = ControlVps::reboot(&self.servers[number].id).unwrap();
                self.power(reboot, number, false);
            }
            Act::NoNetwork(ms) => self.cuts.network = now + ms,
            Act::NoProbes(ms) => self.cuts.probes = now + ms,
            Act::NoSockets(ms) => self.cuts.sockets = now + ms,
            Act::NoPlace(place, ms) => self.cuts.place = (place, now + ms),
            Act::NoList(trouble, ms) => self.cuts.list = Some((trouble, now + ms)),
            Act::Unlisted(number, ms) => self.cuts.unlisted = Some((number, now + ms)),
            Act::NoReplies(ms) => self.cuts.replies = now + ms,
            Act::Sleep(ms) => {
                self.slept += ms;
                self.now += ms;
            }
            Act::Delete(number) => {
                self.servers[number].is_gone = true;
                let delete = format!("/api/v1/vps/{}", self.servers[number].id);
                let bearer = format!("Bearer {}", self.simulator.initial_key());
                let request = stablevps_simulator::Request::new("DELETE", &delete)
                    .with_header("Authorization", &bearer);
                self.simulator.handle(&request, now);
            }
            Act::Balance(amount) => self.command(Command::SetBalance {
                amount: amount.into(),
            }),
            Act::EndKey => {
                let key = self.simulator.initial_key().to_owned().into();
                self.command(Command::ExpireKey { key });
            }
        }
    }

    fn change(&mut self, number: usize, change: impl FnOnce(&mut VpsChange)) {
        let mut changed = VpsChange {
            id: self.servers[number].id.clone(),
            ..VpsChange::default()
        };
        change(&mut changed);
        self.command(Command::SetVps(changed));
    }

    pub fn command(&mut self, command: Command) {
        self.simulator.control(command, self.now).unwrap();
    }

    /// A call of the same program's, beside the watch.
    fn power<const R: bool>(&mut self, control: ControlVps<R>, number: usize, stops: bool) {
        let now = Now {
            instant: self.instant(),
            time: Now::from_millis(0, self.now).time,
        };
        let mut call = self
            .api
            .call(control, CallOptions::default(), 1, now)
            .unwrap();
        let Step::Send(request) = call.next_step(now.instant) else {
            panic!("it begins with a request")
        };
        let kind = FailureKind::Io;
        let carried = carry(&mut self.simulator, &request, kind, self.now);
        call.handle_reply(request.id, carried.reply, now.instant)
            .unwrap();
        // The service refuses it while the VPS is halted.
        if call.outcome().unwrap().is_err() {
            return;
        }
        let server = &mut self.servers[number];
        server.is_stopped = stops;
        server.hung = None;
        server.up_from = self.now + BOOT;
    }

    fn reply(&mut self, request: &HttpRequest) -> Reply {
        if self.now < self.cuts.network {
            return failed(FailureKind::Connect, Delivery::NotSent);
        }
        match request.endpoint.as_str() {
            "GET /vps" => {
                self.in_look = 0;
                self.looks += 1;
                self.listing(request)
            }
            "POST /vps/:id/actions" => self.reboot(request),
            "GET /vps/:id" => self.details(request),
            _ => carry(&mut self.simulator, request, FailureKind::Io, self.now).reply,
        }
    }

    fn listing(&mut self, request: &HttpRequest) -> Reply {
        let trouble = self.cuts.list.filter(|(_, until)| self.now < *until);
        match trouble.map(|(trouble, _)| trouble) {
            Some(Trouble::Broken) => return response(503, r#"{"error":"down"}"#),
            Some(Trouble::Html) => return response(502, "<html>"),
            Some(Trouble::Limited) => return response(429, r#"{"error":"slow down"}"#),
            Some(Trouble::Lost) => return failed(FailureKind::Timeout, Delivery::Unknown),
            Some(Trouble::Refused) => return response(401, r#"{"error":"invalid key"}"#),
            Some(Trouble::Short) => return response(200, r#"{"vps":[],"total":7}"#),
            None => {}
        }
        let reply = carry(&mut self.simulator, request, FailureKind::Io, self.now).reply;
        match self.cuts.unlisted {
            Some((number, until)) if self.now < until => self.without(reply, number),
            Some(_) | None => reply,
        }
    }

    fn details(&mut self, request: &HttpRequest) -> Reply {
        let reply = carry(&mut self.simulator, request, FailureKind::Io, self.now).reply;
        match (reply, self.status_by_id) {
            (Reply::Response(mut http), Some(status)) => {
                let mut body: serde_json::Value = serde_json::from_slice(&http.body).unwrap();
                body["vpsStatus"] = status.into();
                http.body = body.to_string().into_bytes();
                Reply::Response(http)
            }
            (reply, _) => reply,
        }
    }

    fn without(&self, reply: Reply, number: usize) -> Reply {
        let Reply::Response(mut http) = reply else {
            return reply;
        };
        let mut body: serde_json::Value = serde_json::from_slice(&http.body).unwrap();
        let rows = body["vps"].as_array_mut().unwrap();
        rows.retain(|row| row["id"] != self.servers[number].id);
        body["total"] = rows.len().into();
        http.body = body.to_string().into_bytes();
        Reply::Response(http)
    }

    /// A reboot that the watch sends: it must be due, whatever becomes of its reply.
    fn reboot(&mut self, request: &HttpRequest) -> Reply {
        let number = self.servers.iter().position(|server| {
            let path = format!("/vps/{}/actions", server.id);
            request.url.ends_with(&path)
        });
        let number = number.unwrap();
        self.judge(number);
        let is_lost = self.now < self.cuts.replies;
        let arrives = !is_lost || self.seeds.bool();
        self.in_look += 1;
        let helps = self.seeds.u32(0..10) > 1 && !self.is_beyond_help;
        let server = &mut self.servers[number];
        server.rebooted = Some((self.now - self.slept, is_lost));
        server.reboots += 1;
        server.due_looks = 0;
        if let Some((status, body)) = self.refusal {
            return response(status, body);
        }
        if !arrives {
            return failed(FailureKind::Io, Delivery::Unknown);
        }
        if helps {
            if server.hung.take().is_some() {
                self.caught += 1;
            }
            server.up_from = self.now + BOOT;
        }
        let reply = carry(&mut self.simulator, request, FailureKind::Io, self.now).reply;
        if is_lost {
            return failed(FailureKind::Io, Delivery::Unknown);
        }
        reply
    }

    /// Whether a reboot is due now, by the truth.
    fn judge(&self, number: usize) {
        let server = &self.servers[number];
        let about = || format!("{server:?} at {}", self.now - START);
        let least = (self.options.silent_probes - 1) * self.options.interval_ms;
        // Behind a cut with nobody else, it is silent while others answer.
        if !self.is_alone_behind_a_cut(number) {
            assert!(server.hung.is_some(), "it runs: {}", about());
        }
        let hung = self.now - server.silent_from.unwrap();
        assert!(hung >= least, "too early: {}", about());
        assert!(server.is_active, "it is halted: {}", about());
        assert!(server.is_paid, "it is not paid: {}", about());
        assert!(!server.is_stopped, "it was stopped: {}", about());
        assert!(!server.is_excluded, "it is excluded: {}", about());
        if let Some((at, was_lost)) = server.rebooted {
            let patience = self.options.first_patience_ms * if was_lost { 2 } else { 1 };
            assert!(
                self.now - self.slept - at >= patience,
                "no patience: {}",
                about()
            );
        }
        let most = (self.servers.len() / 10).max(1);
        assert!(self.in_look < most, "a storm: {}", about());
    }

    /// Whether something between the watcher and it is cut, and no other VPS behind that was just up.
    fn is_alone_behind_a_cut(&self, number: usize) -> bool {
        let (place, until) = self.cuts.place;
        let is_place_cut = self.now < until;
        let is_behind = |server: &Server| {
            self.now < self.cuts.probes || (is_place_cut && server.place == place)
        };
        let was_up = |server: &Server| {
            let is_running = server.is_active && server.is_paid && !server.is_stopped;
            let hung = server.hung.map_or(0, |at| self.now - at);
            let is_known = !server.is_gone && !server.is_excluded && !self.is_unlisted(server);
            is_running && is_known && hung < 20 * MINUTE
        };
        let mut others = self
            .servers
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != number);
        is_behind(&self.servers[number]) && !others.any(|(_, one)| is_behind(one) && was_up(one))
    }

    fn is_unlisted(&self, server: &Server) -> bool {
        let unlisted = self.cuts.unlisted.filter(|(_, until)| self.now < *until);
        unlisted.is_some_and(|(number, _)| self.servers[number].id == server.id)
    }

    fn answers(&self, server: &Server) -> bool {
        let is_running = server.hung.is_none() && server.is_active && !server.is_stopped;
        let (place, until) = self.cuts.place;
        let is_cut = self.now < self.cuts.probes || (place == server.place && self.now < until);
        is_running && self.now >= server.up_from && !is_cut && self.now >= self.cuts.network
    }

    fn probe(&self, target: &ProbeTarget) -> ProbeOutcome {
        let number: usize = target.address.rsplit('.').next().unwrap().parse().unwrap();
        if self.now < self.cuts.sockets {
            return ProbeOutcome::NotTried;
        }
        if self.answers(&self.servers[number - 1]) {
            ProbeOutcome::Answered
        } else {
            ProbeOutcome::Silent
        }
    }

    /// Counts for each hang in how many looks in a row a reboot is due: the VPS is silent, one of the others
    /// answers if there are any, and none of them fell silent at about the time that it did. After a few more than the watch needs, it is missed.
    fn note_look(&mut self, targets: &[ProbeTarget]) {
        let probes = u32::try_from(self.options.silent_probes).unwrap();
        let together = self.options.interval_ms * self.options.silent_probes;
        let lists = self.cuts.list.is_none_or(|(_, until)| self.now >= until)
            && self
                .cuts
                .unlisted
                .is_none_or(|(_, until)| self.now >= until);
        let is_open = self.now
            >= self
                .cuts
                .network
                .max(self.cuts.probes)
                .max(self.cuts.sockets)
            && self.now >= self.cuts.place.1
            && lists;
        let answering: Vec<bool> = self.servers.iter().map(|one| self.answers(one)).collect();
        for (server, answers) in self.servers.iter_mut().zip(answering) {
            server.silent_from = match server.silent_from {
                _ if answers => None,
                Some(since) => Some(since),
                None => Some(self.now),
            };
        }
        let fell: Vec<Option<i64>> = self.servers.iter().map(|one| one.silent_from).collect();
        let is_open = is_open && !targets.is_empty();
        let is_watched = |one: &Server| {
            one.is_active && one.is_paid && !(one.is_stopped || one.is_excluded || one.is_gone)
        };
        let watched: Vec<bool> = self.servers.iter().map(is_watched).collect();
        for (number, server) in self.servers.iter_mut().enumerate() {
            let others = || (0..watched.len()).filter(|other| *other != number && watched[*other]);
            let others_answer =
                others().next().is_none() || others().any(|other| fell[other].is_none());
            let is_apart = |(other, at): (usize, &Option<i64>)| match (at, fell[number]) {
                (Some(at), Some(own)) => other == number || (at - own).abs() >= together,
                _ => true,
            };
            let is_alone = others_answer && fell.iter().enumerate().all(is_apart);
            let pause = server
                .rebooted
                .map_or(0, |(at, _)| at + self.options.longest_patience_ms);
            let is_due = server.hung.is_some()
                && server.is_active
                && server.is_paid
                && !server.is_stopped
                && !server.is_excluded
                && !server.is_gone
                && self.now >= server.up_from
                && self.now - self.slept >= pause;
            server.due_looks = if is_due && is_open && is_alone {
                server.due_looks + 1
            } else {
                0
            };
            if server.due_looks == probes + 2 && server.missed != server.hung {
                server.missed = server.hung;
                self.missed += 1;
            }
        }
    }
}
