//! What is left of clients that were dropped: nothing. In a process of its own, because it counts the threads and
//! sockets of the whole process.

#![cfg(all(target_os = "linux", feature = "async", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;

use stablevps::{AsyncClient, Client, Phase};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

const CLIENTS: usize = 300;

/// Threads and sockets of this process.
fn counted() -> (usize, usize) {
    let threads = fs::read_dir("/proc/self/task").unwrap().count();
    let open = fs::read_dir("/proc/self/fd").unwrap();
    let targets = open.filter_map(|file| fs::read_link(file.unwrap().path()).ok());
    let sockets = targets.filter(|target| target.to_string_lossy().starts_with("socket:"));
    (threads, sockets.count())
}

/// Waits until there is no more than that.
fn until(most: (usize, usize)) {
    loop {
        let (threads, sockets) = counted();
        if threads <= most.0 && sockets <= most.1 {
            return;
        }
        thread::yield_now();
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// A server in one thread, which says the same to every request and keeps its connections.
fn server() -> SocketAddr {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        runtime().block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream));
            }
        });
    });
    told.recv().unwrap()
}

async fn serve(mut stream: TcpStream) {
    let body = r#"{"balance":100,"currency":"EUR"}"#;
    let reply = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut request = [0; 4096];
    while stream.read(&mut request).await.is_ok_and(|read| read > 0) {
        if stream.write_all(reply.as_bytes()).await.is_err() {
            return;
        }
    }
}

#[test]
fn three_hundred_clients_that_are_dropped_leave_no_thread_and_no_socket() {
    let url = format!("http://{}", server());
    let before = counted();

    let client = |_| {
        Client::builder()
            .api_key("key")
            .base_url(&url)
            .build()
            .unwrap()
    };
    let clients: Vec<_> = (0..CLIENTS).map(client).collect();
    for client in &clients {
        client.wallet().get().unwrap();
        // The requests of a purchase have a thread of their own.
        let purchase = client.vps().provision("pro", "monthly", "tokyo");
        let mut purchase = purchase.begin().unwrap();
        let stopper = purchase.stopper();
        let ended = purchase.run(|told| {
            if told.phase == Phase::Baseline {
                stopper.stop();
            }
        });
        ended.unwrap_err();
    }
    let (threads, sockets) = counted();
    assert!(threads >= before.0 + CLIENTS, "{threads} threads");
    assert!(sockets >= before.1 + CLIENTS, "{sockets} sockets");
    drop(clients);
    until(before);

    let runtime = runtime();
    let begun = counted();
    runtime.block_on(async {
        let client = |_| {
            AsyncClient::builder()
                .api_key("key")
                .base_url(&url)
                .build()
                .unwrap()
        };
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        for client in &clients {
            client.wallet().get().await.unwrap();
        }
        assert!(counted().1 >= begun.1 + CLIENTS);
    });
    drop(runtime);
    until(before);
}
