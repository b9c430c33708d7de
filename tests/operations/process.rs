//! The server in a process of its own, so that its memory and its descriptors are nobody else's: this test program runs itself again.

use super::*;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// The routing of the server that [`serve_for_another_process`] is.
const ROUTING: &str = "MAITRED_TEST_ROUTING";

pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

impl Process {
    pub fn start(routing: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "--ignored", "--nocapture"])
            .arg("operations::process::serve_for_another_process")
            .env(ROUTING, routing)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let address = lines.find_map(|line| {
            let line = line.expect("text");
            let (_, address) = line.split_once("listening on ")?;
            Some(address.parse().expect("an address"))
        });
        std::thread::spawn(move || lines.for_each(drop));
        Process {
            child,
            address: address.expect("a server"),
        }
    }

    /// `VmRSS` or `VmHWM`, in bytes.
    pub fn memory(&self, name: &str) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|l| l.trim_start_matches(':').trim().split(' ').next());
        kib.and_then(|n| n.parse::<u64>().ok()).expect("a number") << 10
    }

    /// Open files, sockets included.
    pub fn descriptors(&self) -> usize {
        let path = format!("/proc/{}/fd", self.child.id());
        std::fs::read_dir(path).expect("its descriptors").count()
    }

    pub fn threads(&self) -> usize {
        let path = format!("/proc/{}/task", self.child.id());
        std::fs::read_dir(path).expect("its threads").count()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "the server that other tests start"]
fn serve_for_another_process() {
    let Ok(routing) = std::env::var(ROUTING) else {
        return;
    };
    let (server, address) = serve(&routing, None);
    println!("listening on {address}");
    // until who started it closes its end, or dies
    let _ = std::io::stdin().read(&mut [0]);
    server.stop();
}
