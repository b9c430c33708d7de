//! Many groups: each worker has groups of its own and starts their actions.

use super::worker::{Slot, Worker};
use super::{IDLE, Measured, Mode, Plan, RUN, Shared, WARM};
use crate::{process, system, template};
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};

/// The longest wait for events.
const LONG: u64 = 2_000_000;

/// The main thread's part: the warm-up, and the run.
pub(super) fn drive(plan: &Plan, sh: &Shared, pids: &[u32]) -> Measured {
    let phase = |phase: u32| {
        sh.finished.store(0, Release);
        sh.phase.store(phase, Release);
        while sh.finished.load(Acquire) < plan.threads {
            sh.nap(10);
        }
    };
    if plan.warmup > 0 {
        phase(WARM);
        sh.phase.store(IDLE, Release);
        sh.nap(20);
    }
    let cpu = process::cpu(pids);
    let start_ns = system::now_ns();
    phase(RUN);
    sh.phase.store(IDLE, Release);
    sh.nap(30);
    Measured {
        start_ns,
        cpu: process::cpu(pids).since(&cpu),
        expected: None,
        sent_at: Vec::new(),
    }
}

/// The steps of an order's life, over and over: from the last one a manager takes it back to the beginning, which is written into the audit.
const STATUSES: [&str; 6] = [
    "confirmed",
    "preparing",
    "ready",
    "delivered",
    "completed",
    "pending",
];

impl Worker {
    /// A phase begins.
    pub(super) fn enter_actions(&mut self) {
        let total = match (self.warm, self.plan.mode) {
            (true, _) => u64::from(self.plan.warmup),
            (_, Mode::Groups { actions, .. } | Mode::Status { actions, .. }) => actions,
            _ => 0,
        };
        let (id, of) = (u64::from(self.id), u64::from(self.plan.threads));
        self.quota = match self.groups.is_empty() {
            true => 0,
            false => total / of + u64::from(id < total % of),
        };
        self.started = 0;
        self.completed = 0;
        self.last_progress = system::now_ns();
        let stagger = match self.plan.rate > 0.0 {
            true => (1e9 / self.plan.rate) as u64 * id,
            false => 0,
        };
        self.next_at = self.last_progress + stagger;
    }

    fn finish(&mut self) {
        self.sh.finished.fetch_add(1, AcqRel);
        system::event_signal(self.sh.wake);
        self.quota = u64::MAX; // said once
    }

    /// Starts the actions that are due and returns how long to wait for events.
    pub(super) fn drive(&mut self) -> u64 {
        if self.quota == 0 {
            self.finish();
        }
        if self.quota == u64::MAX {
            return LONG;
        }
        let mut now = system::now_ns();
        let silence = now.saturating_sub(self.last_progress);
        if self.started > self.completed && silence > self.plan.patience.as_nanos() as u64 {
            self.give_up();
            self.last_progress = now;
            if self.completed >= self.quota {
                self.finish();
                return LONG;
            }
        }
        let idle = if self.plan.spin { 0 } else { LONG };
        if self.plan.rate > 0.0 && !self.warm {
            let step = (1e9 * f64::from(self.plan.threads) / self.plan.rate) as u64;
            while self.started < self.quota && self.next_at <= now {
                if !self.act(self.next_at) {
                    self.tally.overruns += 1;
                    return 0;
                }
                self.next_at += step;
                now = system::now_ns();
            }
            return match self.started == self.quota || self.plan.spin {
                true => idle,
                false => self.next_at.saturating_sub(now).min(LONG),
            };
        }
        let limit = u64::from((self.plan.outstanding / self.plan.threads).max(1));
        while self.started < self.quota && self.started - self.completed < limit {
            if !self.act(system::now_ns()) {
                break;
            }
        }
        idle
    }

    /// What is still missing will not come.
    fn give_up(&mut self) {
        for slot in 0..self.slots.len() {
            if self.slots[slot].id != u32::MAX {
                self.tally.lost += u64::from(self.slots[slot].left);
                self.release(slot);
            }
        }
    }

    fn release(&mut self, slot: usize) {
        self.slots[slot].id = u32::MAX;
        self.free.push(slot as u32);
        self.groups[self.slots[slot].group].busy = None;
        self.completed += 1;
    }

    /// Starts an action, if there is one to start.
    fn act(&mut self, at: u64) -> bool {
        let status = matches!(self.plan.mode, Mode::Status { .. });
        let (mut pick, member) = (self.random() as usize % self.groups.len(), self.random());
        if status {
            // The next order that rests.
            let n = self.groups.len();
            let Some(found) = (0..n)
                .map(|i| (pick + i) % n)
                .find(|g| self.groups[*g].busy.is_none())
            else {
                return false;
            };
            pick = found;
        }
        let Some(slot) = self.free.pop() else {
            return false;
        };
        self.generation = (self.generation + 1) & 0x7_ffff;
        let id = self.generation << 12 | slot;
        let group = &mut self.groups[pick];
        let n = group.members.len();
        let sender = group.members[member as usize % n] as usize;
        self.slots[slot as usize] = Slot {
            id,
            group: pick,
            left: n as u32,
            at,
        };
        self.started += 1;
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        if status {
            group.busy = Some(slot);
            let word = STATUSES[group.steps % STATUSES.len()];
            group.steps += 1;
            let back = match word {
                "pending" => r#","override":true,"reason":"again""#,
                _ => "",
            };
            let command = format!(r#"{{"action":"update_status","status":"{word}"{back}}}"#);
            text.extend_from_slice(command.as_bytes());
        } else {
            let marker = template::marker(id, at);
            let plan = self.plan.clone();
            let mut context = self.context(sender);
            context.marker = Some(&marker);
            plan.message.render(&context, &mut text);
        }
        self.write_frame(sender, crate::frame::TEXT, &text);
        self.text = text;
        true
    }

    /// A member has its copy.
    pub(super) fn copied(&mut self, i: usize, id: u32, now: u64) {
        let slot = (id & 0xfff) as usize;
        if self.slots.get(slot).is_none_or(|slot| slot.id != id) {
            self.tally.late += 1;
            return;
        }
        if self.connections[i].group != self.groups[self.slots[slot].group].id {
            self.tally.wrong_group += 1;
            return;
        }
        let group = self.slots[slot].group;
        let all = self.groups[group].members.len() as u32;
        let s = &mut self.slots[slot];
        let first = s.left == all;
        s.left -= 1;
        let (left, took) = (s.left, now.saturating_sub(s.at));
        if !self.warm {
            self.tally.deliveries += 1;
            self.tally.last_ns = now;
            self.tally.latency.add(took);
            if first {
                self.tally.first.add(took);
            }
            if left == 0 {
                self.tally.complete.add(took);
                self.tally.actions += 1;
            }
        }
        if left == 0 {
            self.release(slot);
            self.last_progress = now;
            if self.completed == self.quota {
                self.finish();
            }
        }
    }

    /// A member of an order's group heard something that has a number.
    pub(super) fn told(&mut self, i: usize, seq: u64, now: u64) {
        let connection = &mut self.connections[i];
        if seq <= connection.seq {
            self.tally.out_of_order += 1;
        }
        connection.seq = seq;
        let group = connection.group_index;
        match self.groups[group].busy {
            Some(slot) => self.copied(i, self.slots[slot as usize].id, now),
            None => self.tally.late += 1,
        }
    }
}
