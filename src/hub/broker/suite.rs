//! What every [`Broker`] must keep, as checks that run against any of them.
//!
//! A check is given a way to make a broker over inboxes, plays the announcer and the shards, and says what was broken. Shards are played after the broker is
//! gone, when everything it was told is in their inboxes; only where an inbox is small on purpose are they played at the same time.

use super::local::Local;
use super::{Broker, Publications, Replies};
use crate::hub::fixture::Numbers;
use crate::hub::publication::Publication;
use crate::hub::shard::message::{Inbox, ToShard};
use crate::limits::clock::Clock;
use crate::store::Reply;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use tokio::sync::mpsc::{Receiver, channel};

/// Shards of each check.
const SHARDS: usize = 3;
/// Messages of an inbox that is never full.
const ROOMY: usize = 1_024;
/// Messages of an inbox that is soon full.
const TIGHT: usize = 4;

/// What was broken.
type Verdict = Result<(), String>;

/// A way to make a broker over the inboxes of all shards.
trait Make<B>: Fn(Vec<Inbox<Numbers>>) -> B {}
impl<B, F: Fn(Vec<Inbox<Numbers>>) -> B> Make<B> for F {}

/// The names of the checks that a broker does not pass, each with what was broken.
fn broken<B: Broker<Numbers>>(make: impl Make<B>) -> Vec<(&'static str, String)> {
    let checks: [(&str, Verdict); 9] = [
        ("the head comes first", the_head_comes_first(&make)),
        (
            "order",
            every_shard_hears_every_event_once_and_in_order(&make),
        ),
        ("replies", a_reply_runs_on_its_shard_after_its_events(&make)),
        ("silence", a_commit_without_events_concerns_who_asked(&make)),
        ("reset", a_reset_comes_before_the_new_history(&make)),
        ("stopped", a_stopped_shard_costs_nobody_anything(&make)),
        ("slow", a_full_inbox_holds_the_commits_up(&make)),
        ("published", the_others_hear_what_a_shard_publishes(&make)),
        ("lost", what_a_full_inbox_does_not_take_is_counted(&make)),
    ];
    let failed = |(name, verdict): (_, Verdict)| Some((name, verdict.err()?));
    checks.into_iter().filter_map(failed).collect()
}

/// What a shard's inbox brought.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Heard {
    /// The head, the events with their numbers, and how many replies ran.
    Committed(u64, Vec<u64>, usize),
    Published(Vec<u64>),
    Reset(u64),
}

type Mail = Vec<Receiver<ToShard<Numbers>>>;

fn shards<B>(make: &impl Make<B>, messages: usize) -> (B, Mail) {
    let (inboxes, mail): (Vec<_>, _) = (0..SHARDS).map(|_| channel(messages)).unzip();
    (make(inboxes), mail)
}

/// Takes one message as a shard does: events before replies. `None`: nobody holds the inbox any more.
fn take(mail: &mut Receiver<ToShard<Numbers>>) -> Option<Heard> {
    let seqs = |all: &[Arc<Publication<Numbers>>]| all.iter().map(|p| p.seq).collect();
    Some(match mail.blocking_recv()? {
        ToShard::Committed {
            head,
            publications,
            replies,
            ..
        } => {
            let ran = replies.len();
            replies.into_iter().for_each(|reply| reply());
            Heard::Committed(head, seqs(&publications), ran)
        }
        ToShard::Published(all) => Heard::Published(all.iter().map(|p| p.event).collect()),
        ToShard::Reset { head } => Heard::Reset(head),
        ToShard::Call(_) => panic!("a broker calls no shard"),
    })
}

/// Everything that is in an inbox that nobody holds any more.
fn all(mail: &mut Receiver<ToShard<Numbers>>) -> Vec<Heard> {
    std::iter::from_fn(|| take(mail)).collect()
}

/// The events with these numbers.
fn events(seqs: std::ops::RangeInclusive<u64>) -> Publications<Numbers> {
    let event = |seq| Arc::new(Publication::new(seq, seq, [1]));
    seqs.map(event).collect()
}

/// Counts how often it ran.
fn counting(ran: &Arc<AtomicUsize>) -> Reply {
    let ran = ran.clone();
    Box::new(move || {
        ran.fetch_add(1, SeqCst);
    })
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, wanted: &T) -> Verdict {
    match found == wanted {
        true => Ok(()),
        false => Err(format!("{what}: {found:?} instead of {wanted:?}")),
    }
}

fn the_head_comes_first<B: Broker<Numbers>>(make: &impl Make<B>) -> Verdict {
    let (broker, mut mail) = shards(make, ROOMY);
    broker.opened(7);
    broker.committed(8, &events(8..=8), Vec::new());
    drop(broker);
    let wanted = vec![
        Heard::Committed(7, vec![], 0),
        Heard::Committed(8, vec![8], 0),
    ];
    mail.iter_mut()
        .try_for_each(|mail| same("a shard heard", &all(mail), &wanted))
}

fn every_shard_hears_every_event_once_and_in_order<B: Broker<Numbers>>(
    make: &impl Make<B>,
) -> Verdict {
    let (broker, mut mail) = shards(make, ROOMY);
    let mut wanted = Vec::new();
    let mut head = 0;
    for commit in 0..100 {
        let seqs = head + 1..=head + 1 + commit % 4;
        head = *seqs.end();
        wanted.push(Heard::Committed(head, seqs.clone().collect(), 0));
        // as a clone does: each commit is told by one of its own
        broker.clone().committed(head, &events(seqs), Vec::new());
    }
    drop(broker);
    mail.iter_mut()
        .try_for_each(|mail| same("a shard heard", &all(mail), &wanted))
}

fn a_reply_runs_on_its_shard_after_its_events<B: Broker<Numbers>>(make: &impl Make<B>) -> Verdict {
    let (broker, mut mail) = shards(make, ROOMY);
    let ran: Arc<Mutex<Vec<Option<usize>>>> = Arc::default();
    let reply = |shard: Option<usize>| {
        let ran = ran.clone();
        let reply: Reply = Box::new(move || ran.lock().expect("no panic").push(shard));
        (shard, reply)
    };
    let stranger = SHARDS + 5;
    let asked = [Some(1), None, Some(2), Some(1), Some(stranger)];
    let replies: Replies = asked.into_iter().map(reply).collect();
    broker.committed(2, &events(1..=2), replies);
    let ran = || std::mem::take(&mut *ran.lock().expect("no panic"));
    same("ran at once", &ran(), &vec![None, Some(stranger)])?;
    drop(broker);
    for (shard, replies) in [(0, 0), (1, 2), (2, 1)] {
        let wanted = vec![Heard::Committed(2, vec![1, 2], replies)];
        same("a shard heard", &all(&mut mail[shard]), &wanted)?;
        same("ran on it", &ran(), &vec![Some(shard); replies])?;
    }
    Ok(())
}

fn a_commit_without_events_concerns_who_asked<B: Broker<Numbers>>(make: &impl Make<B>) -> Verdict {
    let (broker, mut mail) = shards(make, ROOMY);
    let ran = Arc::default();
    broker.committed(5, &events(5..=5), Vec::new());
    broker.committed(5, &Arc::from([]), vec![(Some(1), counting(&ran))]);
    drop(broker);
    let event = Heard::Committed(5, vec![5], 0);
    for (shard, mail) in mail.iter_mut().enumerate() {
        let wanted = match shard {
            1 => vec![event.clone(), Heard::Committed(5, vec![], 1)],
            _ => vec![event.clone()],
        };
        same("a shard heard", &all(mail), &wanted)?;
    }
    same("replies", &ran.load(SeqCst), &1)
}

fn a_reset_comes_before_the_new_history<B: Broker<Numbers>>(make: &impl Make<B>) -> Verdict {
    let (broker, mut mail) = shards(make, ROOMY);
    broker.committed(3, &events(3..=3), Vec::new());
    broker.reset(1_000);
    broker.committed(1_001, &events(1_001..=1_001), Vec::new());
    broker.reset(1_001);
    drop(broker);
    let wanted = vec![
        Heard::Committed(3, vec![3], 0),
        Heard::Reset(1_000),
        Heard::Committed(1_001, vec![1_001], 0),
        Heard::Reset(1_001),
    ];
    mail.iter_mut()
        .try_for_each(|mail| same("a shard heard", &all(mail), &wanted))
}

fn a_stopped_shard_costs_nobody_anything<B: Broker<Numbers>>(make: &impl Make<B>) -> Verdict {
    let (broker, mut mail) = shards(make, ROOMY);
    let (of_stopped, of_others) = (Arc::default(), Arc::default());
    drop(mail.remove(1));
    broker.opened(0);
    broker.reset(0);
    let replies = vec![
        (Some(0), counting(&of_others)),
        (Some(1), counting(&of_stopped)),
        (Some(1), counting(&of_stopped)),
    ];
    broker.committed(1, &events(1..=1), replies);
    same("its callers heard", &of_stopped.load(SeqCst), &2)?;
    same("others heard too early", &of_others.load(SeqCst), &0)?;
    let lost = broker.publish(0, &events(0..=0));
    same("lost of what was published", &lost, &1)?;
    drop(broker);
    let (first, last) = (all(&mut mail[0]), all(&mut mail[1]));
    let committed = |replies| Heard::Committed(1, vec![1], replies);
    let before = [Heard::Committed(0, vec![], 0), Heard::Reset(0)];
    let wanted: Vec<_> = before.iter().cloned().chain([committed(1)]).collect();
    same("the first shard heard", &first, &wanted)?;
    let published = [committed(0), Heard::Published(vec![0])];
    let wanted: Vec<_> = before.into_iter().chain(published).collect();
    same("the last shard heard", &last, &wanted)?;
    same("its callers heard in the end", &of_stopped.load(SeqCst), &2)
}

/// One shard does not read. Meanwhile no more commits are brought than its inbox has room for, and when it reads, it gets all of them.
fn a_full_inbox_holds_the_commits_up<B: Broker<Numbers>>(make: &impl Make<B>) -> Verdict {
    const COMMITS: usize = 200;
    let (inboxes, mut mail): (Vec<_>, Mail) = (0..SHARDS)
        .map(|shard| channel(if shard == 1 { TIGHT } else { ROOMY }))
        .unzip();
    let broker = make(inboxes);
    let brought = Arc::new(AtomicUsize::new(0));
    thread::scope(|scope| {
        let count = brought.clone();
        let announcer = scope.spawn(move || {
            for seq in 1..=COMMITS as u64 {
                broker.committed(seq, &events(seq..=seq), Vec::new());
                count.fetch_add(1, SeqCst);
            }
        });
        let mut verdict = Ok(());
        for read in 0..COMMITS {
            // until it stands: either at the full inbox or, if it must not, at its end
            while brought.load(SeqCst) < (read + TIGHT).min(COMMITS) && !announcer.is_finished() {
                thread::yield_now();
            }
            thread::yield_now();
            let ahead = brought.load(SeqCst) - read;
            if ahead > TIGHT {
                verdict = Err(format!("{ahead} commits wait for an inbox of {TIGHT}"));
            }
            let wanted = Some(Heard::Committed(read as u64 + 1, vec![read as u64 + 1], 0));
            if verdict.is_ok() {
                verdict = same("the slow shard heard", &take(&mut mail[1]), &wanted);
            } else if take(&mut mail[1]).is_none() {
                break;
            }
        }
        verdict
    })?;
    same("the others heard", &all(&mut mail[0]).len(), &COMMITS)
}

fn the_others_hear_what_a_shard_publishes<B: Broker<Numbers>>(make: &impl Make<B>) -> Verdict {
    let (broker, mut mail) = shards(make, ROOMY);
    let published = |events: &[u64]| -> Vec<_> {
        let all = events.iter();
        all.map(|event| Arc::new(Publication::new(0, *event, [1])))
            .collect()
    };
    let lost = [
        broker.publish(1, &published(&[10, 11])),
        broker.publish(1, &published(&[12])),
        broker.publish(2, &published(&[20])),
    ];
    same("lost", &lost, &[0, 0, 0])?;
    drop(broker);
    let told = |events: &[u64]| Heard::Published(events.to_vec());
    let wanted = [
        vec![told(&[10, 11]), told(&[12]), told(&[20])],
        vec![told(&[20])],
        vec![told(&[10, 11]), told(&[12])],
    ];
    for (mail, wanted) in mail.iter_mut().zip(&wanted) {
        same("a shard heard", &all(mail), wanted)?;
    }
    Ok(())
}

fn what_a_full_inbox_does_not_take_is_counted<B: Broker<Numbers>>(make: &impl Make<B>) -> Verdict {
    let (broker, mut mail) = shards(make, TIGHT);
    // nobody reads: who waited here would wait for ever
    let lost: usize = (0..10).map(|n| broker.publish(0, &events(n..=n + 1))).sum();
    drop(broker);
    same("the publisher itself heard", &all(&mut mail[0]), &vec![])?;
    let heard = mail.iter_mut().flat_map(all).map(|heard| match heard {
        Heard::Published(events) => events.len(),
        _ => 0,
    });
    same(
        "heard and lost",
        &(heard.sum::<usize>() + lost),
        &(10 * 2 * 2),
    )?;
    same(
        "lost, of what an inbox has no room for",
        &lost,
        &((10 - TIGHT) * 2 * 2),
    )
}

fn local(inboxes: Vec<Inbox<Numbers>>) -> Local<Numbers> {
    Local::new(inboxes, Clock::held())
}

#[test]
fn the_local_broker_keeps_all_of_it() {
    assert_eq!(broken(local), []);
}

/// Mistakes that a broker could make.
#[derive(Clone, Copy)]
enum Mistake {
    SwapsTwo,
    LosesTheLast,
    TellsTwice,
    AnswersFirst,
    ForgetsResets,
    HearsItself,
    WaitsForNobody,
}

/// A broker that makes one mistake.
#[derive(Clone)]
struct Wrong {
    inner: Local<Numbers>,
    mistake: Mistake,
    /// Where commits go that nobody waits for.
    hoard: std::sync::mpsc::Sender<(u64, Publications<Numbers>, Replies)>,
}

impl Wrong {
    fn new(mistake: Mistake, inboxes: Vec<Inbox<Numbers>>) -> Self {
        let inner = local(inboxes);
        let (hoard, hoarded) = std::sync::mpsc::channel();
        if matches!(mistake, Mistake::WaitsForNobody) {
            let inner = inner.clone();
            thread::spawn(move || {
                for (head, publications, replies) in hoarded {
                    inner.committed(head, &publications, replies);
                }
            });
        }
        Wrong {
            inner,
            mistake,
            hoard,
        }
    }
}

impl Broker<Numbers> for Wrong {
    fn opened(&self, head: u64) {
        self.inner.opened(head);
    }

    fn committed(&self, head: u64, publications: &Publications<Numbers>, mut replies: Replies) {
        let mut all = publications.to_vec();
        match self.mistake {
            Mistake::SwapsTwo if all.len() > 1 => all.swap(0, 1),
            Mistake::LosesTheLast => drop(all.pop()),
            Mistake::TellsTwice => all.extend(all.last().cloned()),
            Mistake::AnswersFirst => replies.drain(..).for_each(|(_, reply)| reply()),
            Mistake::WaitsForNobody => {
                let sent = self.hoard.send((head, publications.clone(), replies));
                return sent.expect("somebody hoards");
            }
            _ => {}
        }
        self.inner.committed(head, &all.into(), replies);
    }

    fn reset(&self, head: u64) {
        if !matches!(self.mistake, Mistake::ForgetsResets) {
            self.inner.reset(head);
        }
    }

    fn publish(&self, from: usize, publications: &[Arc<Publication<Numbers>>]) -> usize {
        match self.mistake {
            Mistake::HearsItself => self.inner.publish(usize::MAX, publications),
            _ => self.inner.publish(from, publications),
        }
    }
}

#[test]
fn the_suite_finds_a_broker_that_makes_a_mistake() {
    for (mistake, check) in [
        (Mistake::SwapsTwo, "order"),
        (Mistake::LosesTheLast, "order"),
        (Mistake::TellsTwice, "order"),
        (Mistake::AnswersFirst, "replies"),
        (Mistake::ForgetsResets, "reset"),
        (Mistake::HearsItself, "published"),
        (Mistake::WaitsForNobody, "slow"),
    ] {
        let found = broken(|inboxes| Wrong::new(mistake, inboxes));
        assert!(
            found.iter().any(|(name, _)| *name == check),
            "{check:?} is not among {found:?}"
        );
    }
}
