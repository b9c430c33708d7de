//! One group: the main thread says messages through client 0's socket.

use super::{IDLE, Measured, Plan, RUN, Shared, WARM};
use crate::template::{self, Context};
use crate::{frame, process, system};
use std::sync::PoisonError;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::time::Instant;

/// Marks what is said before anything is counted.
pub(super) const WARM_BIT: u32 = 0x8000_0000;

pub(super) fn drive(
    plan: &Plan,
    sh: &Shared,
    pids: &[u32],
    members: u32,
    broadcasts: u32,
    window: u32,
) -> Result<Measured, String> {
    system::precise_timers();
    let members = u64::from(members);
    let mut publisher = Publisher::new(plan, sh);
    sh.phase.store(WARM, Release);
    for n in 0..plan.warmup {
        publisher.say(WARM_BIT | n, system::now_ns())?;
        if !delivered(plan, sh, (u64::from(n) + 1) * members) {
            let why = sh.why();
            return Err(format!("broadcast {n} of the warm-up is missing: {why}"));
        }
    }
    let base = sh.delivered.load(Acquire);
    let mut sent_at = vec![0; broadcasts as usize];
    let cpu = process::cpu(pids);
    sh.phase.store(RUN, Release);
    let start_ns = system::now_ns();
    let mut whole = true;
    for n in 0..broadcasts {
        let due = start_ns + (f64::from(n) * 1e9 / plan.rate) as u64;
        if plan.rate > 0.0 {
            system::wait_until(due);
        }
        if window > 0
            && n >= window
            && !delivered(plan, sh, base + u64::from(n + 1 - window) * members)
        {
            whole = false;
            break;
        }
        let at = match plan.rate > 0.0 {
            true => due,
            false => system::now_ns(),
        };
        sent_at[n as usize] = at;
        publisher.say(n, at)?;
    }
    let expected = u64::from(broadcasts) * members;
    if whole {
        delivered(plan, sh, base + expected);
    }
    sh.phase.store(IDLE, Release);
    sh.nap(30);
    Ok(Measured {
        start_ns,
        cpu: process::cpu(pids).since(&cpu),
        expected: Some(expected),
        sent_at,
    })
}

struct Publisher<'a> {
    plan: &'a Plan,
    sh: &'a Shared,
    socket: i32,
    body: Vec<u8>,
    frame: Vec<u8>,
    mask: u32,
}

impl<'a> Publisher<'a> {
    fn new(plan: &'a Plan, sh: &'a Shared) -> Self {
        Publisher {
            plan,
            sh,
            socket: sh.publisher.load(Acquire),
            body: Vec::new(),
            frame: Vec::new(),
            mask: 0x2545_f491,
        }
    }

    fn say(&mut self, id: u32, at: u64) -> Result<(), String> {
        self.body.clear();
        self.frame.clear();
        let marker = template::marker(id, at);
        let context = Context {
            group: 1,
            index: 0,
            token: self.plan.tokens.first().map_or("", String::as_str),
            marker: Some(&marker),
        };
        self.plan.message.render(&context, &mut self.body);
        self.mask = self.mask.wrapping_mul(1_664_525).wrapping_add(1);
        let mask = self.mask.to_ne_bytes();
        frame::client(frame::TEXT, &self.body, mask, &mut self.frame);
        let held = self.sh.publishing.lock();
        let mut held = held.unwrap_or_else(PoisonError::into_inner);
        if self.plan.tls.is_some() {
            held.extend_from_slice(&self.frame);
            self.sh.spoken.store(1, Release);
            return Ok(());
        }
        let mut sent = 0;
        while sent < self.frame.len() {
            match system::send(self.socket, &self.frame[sent..]) {
                Ok(0) => system::wait_writable(self.socket, 100),
                Ok(n) => sent += n,
                Err(e) => return Err(format!("publisher: {e}")),
            }
        }
        Ok(())
    }
}

/// Waits until `target` deliveries are counted; false when they stop coming.
fn delivered(plan: &Plan, sh: &Shared, target: u64) -> bool {
    let mut last = (Instant::now(), sh.delivered.load(Acquire));
    loop {
        let now = sh.delivered.load(Acquire);
        if now >= target {
            return true;
        }
        if now != last.1 {
            last = (Instant::now(), now);
        } else if last.0.elapsed() > plan.patience || sh.failed.load(Acquire) > 0 {
            return false;
        }
        sh.want.store(target, Release);
        if sh.delivered.load(Acquire) < target {
            system::wait_readable(sh.wake, 2);
        }
        system::event_clear(sh.wake);
    }
}
