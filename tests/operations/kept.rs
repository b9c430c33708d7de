//! What an open connection keeps of the request that opened it: not what nobody looks at.

use super::*;

/// Enough that a few kilobytes of each are more than what allocators keep for themselves.
const CLIENTS: usize = 1_000;

/// What the server's memory grows by for one client with this request.
fn costs(server: &Process, path: &str, headers: &str) -> (u64, Vec<TcpStream>) {
    let open = |n: usize| {
        let from = [127, 0, 2, (n % 200) as u8 + 1];
        let mut stream = knock(from, server.address, path, headers).expect("a place");
        // it has begun when it says something
        let masked = super::super::conformance::raw::masked(FIN | PING, b"");
        stream.write_all(&masked).expect("sent");
        stream.read_exact(&mut [0]).expect("an answer");
        stream
    };
    let before = server.memory("VmRSS");
    let streams: Vec<_> = (0..CLIENTS).map(open).collect();
    let grown = server.memory("VmRSS").saturating_sub(before);
    (grown / CLIENTS as u64, streams)
}

#[test]
fn a_connection_does_not_keep_its_request() {
    let server = Process::start(&file("", ""));
    // what one read brings is not hyper's, and the other is
    let headers = [4, 12].map(|kib| format!("Cookie: {}\r\n", "x".repeat(kib << 10)));
    let query = "x".repeat(3 << 10);
    for path in [
        "/echo?a=".to_owned(),
        "/socket.io/?EIO=4&transport=websocket&token=".to_owned(),
    ] {
        // the allocator has what it needs from here on
        let (_, warm) = costs(&server, &path, &headers[1]);
        let (plain, few) = costs(&server, &path, "");
        for header in &headers {
            let (long, many) = costs(&server, &format!("{path}{query}"), header);
            assert!(
                long < plain + (3 << 10),
                "{path}: {long} bytes each, {plain} without"
            );
            drop(many);
        }
        drop((warm, few));
    }
}
