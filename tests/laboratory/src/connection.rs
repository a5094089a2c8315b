//! One connection: requests in, replies out, until a fault ends it.

use std::fmt::Write as _;
use std::io::{Error, ErrorKind, Read, Result, Write as _};
use std::net::TcpStream;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use socket2::SockRef;
use stablevps_simulator::{Request, Response};

use crate::LOOK;
use crate::fault::{Cut, End, Fault, Script, Sent};
use crate::world::World;

const MOST_HEADERS: usize = 64;

/// Answers until either side ends the connection.
pub fn serve(mut stream: TcpStream, world: &Mutex<World>) -> Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    let mut received = Vec::new();
    while let Some(request) = read(&mut stream, &mut received)? {
        let control = request.path().strip_prefix("/_laboratory/");
        let (response, fault) = {
            let mut world = ready(world, control);
            match control {
                Some(path) => (world.control(path), Fault::None),
                None => world.answer(&request),
            }
        };
        if !act(&mut stream, &response, &fault.script(), world)? {
            break;
        }
    }
    Ok(())
}

/// The world, as soon as it may answer.
fn ready<'a>(world: &'a Mutex<World>, control: Option<&str>) -> MutexGuard<'a, World> {
    loop {
        let free = world.lock().unwrap_or_else(PoisonError::into_inner);
        if !free.must_wait(control) {
            return free;
        }
        drop(free);
        std::thread::sleep(LOOK);
    }
}

/// The next request; nothing where the client closed between two.
fn read(stream: &mut TcpStream, received: &mut Vec<u8>) -> Result<Option<Request>> {
    let mut chunk = [0; 4096];
    loop {
        if let Some((request, length)) = parse(received)? {
            received.drain(..length);
            return Ok(Some(request));
        }
        match stream.read(&mut chunk)? {
            0 => return Ok(None),
            count => received.extend(chunk.iter().take(count)),
        }
    }
}

/// A request and its length, once it is complete.
fn parse(received: &[u8]) -> Result<Option<(Request, usize)>> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut head = httparse::Request::new(&mut fields);
    let invalid = |error: httparse::Error| Error::new(ErrorKind::InvalidData, error.to_string());
    let httparse::Status::Complete(begin) = head.parse(received).map_err(invalid)? else {
        return Ok(None);
    };
    let mut request = Request::new(head.method.unwrap_or(""), head.path.unwrap_or(""));
    for field in head.headers {
        request = request.with_header(field.name, &String::from_utf8_lossy(field.value));
    }
    let rest = received.get(begin..).unwrap_or_default();
    let body = if request
        .header("transfer-encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
    {
        chunks(rest)?
    } else {
        let length = request.header("content-length");
        let length = length.map_or(Ok(0), str::parse).map_err(Error::other)?;
        rest.get(..length).map(|body| (body.to_vec(), length))
    };
    Ok(body.map(|(body, length)| (request.with_body(body), begin.saturating_add(length))))
}

/// A body in chunks, and its length on the wire, once its last chunk is there.
fn chunks(mut rest: &[u8]) -> Result<Option<(Vec<u8>, usize)>> {
    let whole = rest.len();
    let mut body = Vec::new();
    loop {
        let size = httparse::parse_chunk_size(rest)
            .map_err(|_| Error::new(ErrorKind::InvalidData, "no size of a chunk"))?;
        let httparse::Status::Complete((begin, size)) = size else {
            return Ok(None);
        };
        let size = usize::try_from(size).map_err(Error::other)?;
        let Some((chunk, after)) = rest
            .get(begin..)
            .and_then(|rest| rest.split_at_checked(size))
        else {
            return Ok(None);
        };
        let Some(after) = after.strip_prefix(b"\r\n") else {
            return Ok(None);
        };
        body.extend(chunk);
        rest = after;
        if size == 0 {
            return Ok(Some((body, whole.saturating_sub(rest.len()))));
        }
    }
}

/// Sends what a script says of a reply; whether the connection goes on.
fn act(
    stream: &mut TcpStream,
    response: &Response,
    script: &Script,
    world: &Mutex<World>,
) -> Result<bool> {
    let head = head(response);
    match script.sent {
        Sent::Nothing => {}
        Sent::HalfOfHead => send_half(stream, head.as_bytes())?,
        Sent::HalfOfBody => {
            stream.write_all(head.as_bytes())?;
            send_half(stream, &response.body)?;
        }
        // In one write, as most servers do.
        Sent::All => stream.write_all(&[head.as_bytes(), &response.body].concat())?,
        Sent::Text(text) => stream.write_all(text.as_bytes())?,
    }
    std::thread::sleep(Duration::from_millis(script.delay_ms));
    match script.end {
        End::Keep => return Ok(true),
        End::Fin => {}
        End::Rst => SockRef::from(&*stream).set_linger(Some(Duration::ZERO))?,
        End::Hold => hold(stream)?,
        End::Cut(cut, back_after_ms) => {
            cut_route(world, cut, back_after_ms)?;
            hold(stream)?;
        }
    }
    Ok(false)
}

fn hold(stream: &mut TcpStream) -> Result<()> {
    while stream.read(&mut [0; 4096])? > 0 {}
    Ok(())
}

fn cut_route(world: &Mutex<World>, cut: Cut, back_after_ms: Option<u64>) -> Result<()> {
    let world = || world.lock().unwrap_or_else(PoisonError::into_inner);
    let cut = world().cut_route(cut)?;
    if let Some(delay_ms) = back_after_ms {
        std::thread::sleep(Duration::from_millis(delay_ms));
        world().restore_route(cut)?;
    }
    Ok(())
}

fn send_half(stream: &mut TcpStream, bytes: &[u8]) -> Result<()> {
    stream.write_all(bytes.get(..bytes.len() / 2).unwrap_or(bytes))
}

fn head(response: &Response) -> String {
    let mut head = format!("HTTP/1.1 {} Simulated\r\n", response.status);
    for (name, value) in &response.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "content-length: {}\r\n\r\n", response.body.len());
    head
}
