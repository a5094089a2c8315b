//! The simulated service on a socket of 127.0.0.1. A test sees each request before and after it takes effect, and can break
//! the connection there.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use stablevps_simulator::{Config, Exchange, Request, Response, Simulator, State};

/// When a request is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// It has arrived and changed nothing yet.
    Before,
    /// It has taken effect, and its reply is not sent.
    After,
}

/// A request, as a test sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub call: String,
    /// How many requests came before it.
    pub number: usize,
    pub moment: Moment,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on.
    Pass,
    /// The connection breaks.
    Break,
}

type Watch = Box<dyn FnMut(&Seen) -> Verdict + Send>;

/// The service. It ends with the test's process.
pub struct Service {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    simulator: Mutex<Simulator>,
    watch: Mutex<Watch>,
    calls: Mutex<Vec<String>>,
}

impl Service {
    /// With a configuration.
    pub fn new(config: Config) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            simulator: Mutex::new(Simulator::new(config)),
            watch: Mutex::new(Box::new(|_| Verdict::Pass)),
            calls: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || shared.serve(&stream));
            }
        });
        Self { port, shared }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The account's key.
    pub fn key(&self) -> String {
        self.simulator().initial_key().to_owned()
    }

    /// What happened so far.
    pub fn state(&self) -> State {
        let now = now_ms();
        self.simulator().state(now)
    }

    /// A command behind the client's back.
    pub fn control(&self, json: &str) {
        let now = now_ms();
        let answer = self.simulator().control_json(json.as_bytes(), now);
        assert!(
            !answer.starts_with(b"{\"error\""),
            "{}",
            String::from_utf8_lossy(&answer)
        );
    }

    /// Sees every request from now on.
    pub fn watch(&self, watch: impl FnMut(&Seen) -> Verdict + Send + 'static) {
        *self.shared.watch.lock().unwrap() = Box::new(watch);
    }

    /// Every request so far, such as `POST /api/v1/vps`.
    pub fn calls(&self) -> Vec<String> {
        self.shared.calls.lock().unwrap().clone()
    }

    fn simulator(&self) -> MutexGuard<'_, Simulator> {
        self.shared.simulator.lock().unwrap()
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while let Some(request) = read(&mut reader) {
            let Some(response) = self.answer(&request) else {
                return;
            };
            if write(stream, &response).is_err() {
                return;
            }
        }
    }

    fn answer(&self, request: &Request) -> Option<Response> {
        let call = format!("{} {}", request.method, request.path());
        let number = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(call.clone());
            calls.len() - 1
        };
        let see = |moment| {
            let seen = Seen {
                call: call.clone(),
                number,
                moment,
            };
            (self.watch.lock().unwrap())(&seen)
        };
        if see(Moment::Before) == Verdict::Break {
            return None;
        }
        let exchange = self.simulator.lock().unwrap().handle(request, now_ms());
        if see(Moment::After) == Verdict::Break {
            return None;
        }
        match exchange {
            Exchange::Reply(response) => Some(response),
            Exchange::NotDelivered | Exchange::Lost | Exchange::Cut { .. } => None,
        }
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_ascii_whitespace();
    let mut request = Request::new(words.next()?, words.next()?);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => request.headers.push((name.to_owned(), value.to_owned())),
            None => break,
        }
    }
    let length = request
        .header("content-length")
        .map_or(0, |text| text.parse().unwrap());
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}

fn write(mut stream: &TcpStream, response: &Response) -> std::io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {} -\r\nContent-Length: {}\r\n",
        response.status,
        response.body.len()
    );
    for (name, value) in &response.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&response.body);
    stream.write_all(&bytes)
}
