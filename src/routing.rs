//! stub
use crate::Error;
use crate::pattern::{Params, Pattern};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
/// x
pub struct Routing { pub(crate) listeners: Vec<Listener> }
/// x
pub struct Known<'a> { /// x
 pub consumers: &'a [&'a str], /// x
 pub rest: &'a [&'a str] }
pub(crate) struct Listener { pub name: String, pub bind: Vec<Address>, pub routes: Vec<Route>, pub rest: Vec<String>, pub policy: Arc<Policy> }
pub(crate) struct Address { pub addr: SocketAddr, pub optional: bool }
pub(crate) struct Route { pub pattern: Pattern, pub consumer: String, pub policy: Arc<Policy> }
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Auth { Required, Optional, None, Loopback }
pub(crate) struct Origins;
impl Origins { pub fn allows(&self, _: Option<&str>) -> bool { true } }
pub(crate) struct Policy { pub auth: Auth, pub origins: Origins, pub max_message_bytes: usize, pub outbox_bytes: usize, pub outbox_frames: usize, pub idle_timeout: Duration, pub ping_interval: Duration, pub auth_timeout: Duration }
impl Listener { pub fn find(&self, _path: &str) -> Option<(&Route, Params)> { todo!() } }
impl Routing { /// x
 pub fn parse(_: &str, _: &str, _: &Known<'_>) -> Result<Routing, Error> { todo!() } }
