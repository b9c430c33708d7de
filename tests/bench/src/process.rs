//! CPU time and memory of a process tree, and of this process, from /proc.

use serde::Serialize;
use std::collections::HashMap;
use std::fs;

#[derive(Clone, Copy, Default, Debug)]
pub struct Cpu {
    /// user + sys in nanoseconds (scheduler accounting of the live threads).
    pub sched_ns: u64,
    pub user_ticks: u64,
    pub sys_ticks: u64,
}

#[derive(Clone, Copy, Default, Debug, Serialize)]
pub struct CpuDelta {
    pub total_s: f64,
    pub user_s: f64,
    pub sys_s: f64,
}

impl Cpu {
    pub fn since(&self, before: &Cpu) -> CpuDelta {
        let hz = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
        let user_s = self.user_ticks.saturating_sub(before.user_ticks) as f64 / hz;
        let sys_s = self.sys_ticks.saturating_sub(before.sys_ticks) as f64 / hz;
        let ns = self.sched_ns.saturating_sub(before.sched_ns) as f64 / 1e9;
        let ticks = user_s + sys_s;
        // Threads that ended in between are only in the tick counters.
        let total_s = if ticks > ns * 1.05 + 0.03 { ticks } else { ns };
        CpuDelta {
            total_s,
            user_s,
            sys_s,
        }
    }
}

fn stat_fields(pid: u32) -> Option<Vec<String>> {
    let s = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let rest = &s[s.rfind(')')? + 2..];
    Some(rest.split_whitespace().map(str::to_string).collect())
}

/// The given pids and all their descendants.
pub fn tree(roots: &[u32]) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    if let Ok(dir) = fs::read_dir("/proc") {
        for e in dir.flatten() {
            if let Ok(pid) = e.file_name().to_string_lossy().parse::<u32>()
                && let Some(f) = stat_fields(pid)
                && let Ok(ppid) = f[1].parse::<u32>()
            {
                children.entry(ppid).or_default().push(pid);
            }
        }
    }
    let mut out: Vec<u32> = Vec::new();
    let mut todo: Vec<u32> = roots.to_vec();
    while let Some(p) = todo.pop() {
        if out.contains(&p) {
            continue;
        }
        out.push(p);
        if let Some(c) = children.get(&p) {
            todo.extend(c);
        }
    }
    out
}

pub fn cpu(pids: &[u32]) -> Cpu {
    let mut c = Cpu::default();
    for &p in pids {
        if let Some(f) = stat_fields(p) {
            c.user_ticks += f[11].parse::<u64>().unwrap_or(0);
            c.sys_ticks += f[12].parse::<u64>().unwrap_or(0);
        }
        if let Ok(dir) = fs::read_dir(format!("/proc/{p}/task")) {
            for t in dir.flatten() {
                if let Ok(s) = fs::read_to_string(t.path().join("schedstat")) {
                    c.sched_ns += s
                        .split_whitespace()
                        .next()
                        .and_then(|x| x.parse().ok())
                        .unwrap_or(0);
                }
            }
        }
    }
    c
}

pub fn rss_kb(pids: &[u32]) -> u64 {
    let page_kb = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as u64 / 1024;
    pids.iter()
        .filter_map(|p| fs::read_to_string(format!("/proc/{p}/statm")).ok())
        .filter_map(|s| s.split_whitespace().nth(1)?.parse::<u64>().ok())
        .map(|pages| pages * page_kb)
        .sum()
}
