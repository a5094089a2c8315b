//! A server that does to each connection what a test says.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// A socket, or TLS over one.
pub trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// A listening server. Its threads end with the test process.
pub struct Server {
    pub addr: SocketAddr,
    log: Arc<Log>,
}

#[derive(Default)]
struct Log {
    connections: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

/// One connection, seen by the server.
pub struct Peer {
    stream: BufReader<Box<dyn Stream>>,
    /// The how-manieth connection of the server, from 1.
    pub number: usize,
    log: Arc<Log>,
}

impl Server {
    /// Serves every connection in a thread of its own.
    pub fn start(serve: impl Fn(Peer) + Send + Sync + 'static) -> Self {
        Self::start_over(|socket| Ok(Box::new(socket)), serve)
    }

    /// The same over what `wrap` makes of each socket.
    pub fn start_over(
        wrap: impl Fn(TcpStream) -> io::Result<Box<dyn Stream>> + Send + Sync + 'static,
        serve: impl Fn(Peer) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let addr = listener.local_addr().unwrap();
        let log = Arc::new(Log::default());
        let (served, logged) = (Arc::new((wrap, serve)), Arc::clone(&log));
        thread::spawn(move || {
            for socket in listener.incoming() {
                let (socket, served, log) =
                    (socket.unwrap(), Arc::clone(&served), Arc::clone(&logged));
                let number = log.connections.fetch_add(1, Ordering::SeqCst) + 1;
                thread::spawn(move || {
                    if let Ok(stream) = (served.0)(socket) {
                        (served.1)(Peer {
                            stream: BufReader::new(stream),
                            number,
                            log,
                        });
                    }
                });
            }
        });
        Self { addr, log }
    }

    /// A server that answers every request with 200 and `ok`, and keeps its connections.
    pub fn answering() -> Self {
        Self::start(|mut peer| {
            while peer
                .request()
                .is_some_and(|_| peer.answer(200, b"ok").is_ok())
            {}
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}/vps?token=never-shown", self.addr)
    }

    pub fn connections(&self) -> usize {
        self.log.connections.load(Ordering::SeqCst)
    }

    /// The heads of all requests that arrived whole, in lower case.
    pub fn requests(&self) -> Vec<String> {
        self.log.requests.lock().unwrap().clone()
    }
}

impl Peer {
    /// Reads a request with its body; its head in lower case, or nothing if the client hung up
    /// first.
    pub fn request(&mut self) -> Option<String> {
        let head = self.head()?;
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.stream.read_exact(&mut body).ok()?;
        self.log.requests.lock().unwrap().push(head.clone());
        Some(head)
    }

    fn head(&mut self) -> Option<String> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut head).ok()? == 0 {
                return None;
            }
        }
        Some(head.to_lowercase())
    }

    pub fn answer(&mut self, status: u16, body: &[u8]) -> io::Result<()> {
        self.say(&format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n",
            body.len()
        ))?;
        self.stream.get_mut().write_all(body)
    }

    pub fn say(&mut self, text: &str) -> io::Result<()> {
        self.stream.get_mut().write_all(text.as_bytes())?;
        self.stream.get_mut().flush()
    }

    /// Waits until the client hangs up; returns how many bytes came before that.
    pub fn until_hung_up(&mut self) -> usize {
        let mut rest = Vec::new();
        let _ = self.stream.read_to_end(&mut rest);
        rest.len()
    }
}
