//! What a consumer tells itself later.

use crate::app::App;
use crate::consumer::context::timers::{TIMERS, TimerId};
use crate::consumer::context::{Context, Elapsed};
use crate::consumer::endpoint::Consumer;
use crate::error::{ClientError, Error, Kind};
use crate::protocol::message::Reply;
use std::any::TypeId;
use std::time::Duration;

/// A consumer that does something by itself after a while: it asks a client again, gives up a seat, says that it is still there.
///
/// [`Context::after`] sets a timer and says what it brings back; [`elapsed`](Self::elapsed) gets that when the time has come.
///
/// ```
/// use maitred::{Consumer, Context, Error, Message, Reply, Timed};
/// use std::time::Duration;
/// # use maitred::{App, Change, Reader, Signal, Watched};
/// # use serde::Deserialize;
/// # struct Cafe;
/// # impl App for Cafe {
/// #     type Claims = (); type Group = i64; type Event = ();
/// #     const WATCHED: &'static [Watched] = &[];
/// #     fn announce(_: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> { Ok(vec![]) }
/// # }
/// # #[derive(Deserialize)] struct Params {}
/// # #[derive(Deserialize)] #[serde(tag = "action", rename_all = "snake_case")] enum Command { Wait { seconds: u64 } }
///
/// struct Egg;
///
/// /// What an egg tells itself.
/// enum Timer {
///     Soft,
///     Hard,
/// }
///
/// impl Consumer for Egg {
/// #   const NAME: &'static str = "egg";
/// #   type App = Cafe;
/// #   type Params = Params;
/// #   type Command = Command;
///     async fn connect(_: Params, ctx: &mut Context<Cafe>) -> Result<Self, Error> {
///         ctx.after::<Self>(Duration::from_secs(240), Timer::Soft)?;
///         ctx.after::<Self>(Duration::from_secs(600), Timer::Hard)?;
///         Ok(Egg)
///     }
/// #   async fn receive(&mut self, _: Command, _: &mut Context<Cafe>) -> Result<Reply, Error> { Ok(Reply::done()) }
/// #   fn render(_: &(), _: &i64) -> Option<Message> { None }
/// }
///
/// impl Timed for Egg {
///     type Timer = Timer;
///
///     async fn elapsed(&mut self, timer: Timer, _: &mut Context<Cafe>) -> Result<Reply, Error> {
///         let how = match timer {
///             Timer::Soft => "soft",
///             Timer::Hard => "hard",
///         };
///         Ok(Reply::message(Message::new("egg", &how)))
///     }
/// }
/// ```
#[allow(async_fn_in_trait)] // futures never leave their shard: no `Send` bound is wanted
#[diagnostic::on_unimplemented(
    message = "`{Self}` sets a timer, and nothing says what happens when it has elapsed",
    label = "not `Timed`",
    note = "implement `Timed` for the consumer: `type Timer` is what a timer brings back, `elapsed` is called with it"
)]
pub trait Timed: Consumer {
    /// What a timer brings back: an enum, where there are several kinds.
    type Timer: 'static;

    /// A timer has elapsed. Called on the connection's shard, between two frames: never while another frame or timer of this connection is handled, so a timer
    /// may come later than its time, and never before [`connect`](Consumer::connect) has returned or after [`disconnect`](Consumer::disconnect) was called.
    /// Timers come in the order of their time. The reply's message is told to the client; there is nobody who asked for its acknowledgement.
    ///
    /// # Errors
    /// As [`receive`](Consumer::receive).
    async fn elapsed(
        &mut self,
        timer: Self::Timer,
        ctx: &mut Context<Self::App>,
    ) -> Result<Reply, Error>;
}

impl<A: App> Context<A> {
    /// Has [`elapsed`](Timed::elapsed) of this connection's consumer called with `timer`, once, after `delay`. The connection's end is the end of its timers.
    ///
    /// # Errors
    /// Of kind [`RateLimited`](Kind::RateLimited): `TOO_MANY_TIMERS`, when 64 of this connection have not elapsed yet.
    ///
    /// # Panics
    /// When `C` is not the consumer that this context belongs to: write `ctx.after::<Self>(..)`.
    pub fn after<C: Timed<App = A>>(
        &mut self,
        delay: Duration,
        timer: C::Timer,
    ) -> Result<TimerId, ClientError> {
        let is_ours = self.entry().is == TypeId::of::<C>();
        assert!(is_ours, "a timer of {} in another consumer", C::NAME);
        self.timers().set(delay, brings::<C>(timer)).ok_or_else(|| {
            let text = format!("this connection waits for {TIMERS} timers already");
            ClientError::new(Kind::RateLimited, "TOO_MANY_TIMERS", text)
        })
    }

    /// Takes a timer back. `true`: it will not come. `false`: it has come, was cancelled before, or is another connection's.
    pub fn cancel(&mut self, timer: TimerId) -> bool {
        self.timers().cancel(timer).is_some()
    }
}

fn brings<C: Timed>(timer: C::Timer) -> Elapsed<C::App> {
    Box::new(move |consumer, ctx| {
        // never another type: see `after`
        let consumer = consumer.downcast_mut::<C>()?;
        Some(Box::pin(consumer.elapsed(timer, ctx)))
    })
}
