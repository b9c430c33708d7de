//! stub
mod rows;
use crate::{Error, Watched};
use serde::Serialize;
use serde::de::DeserializeOwned;
pub use rows::{FromValue, Reader, Row, Transaction, Value};
/// x
#[derive(Clone)]
pub struct Store;
/// x
pub struct StoreConfig;
/// x
pub struct Schema;
/// x
pub enum Durability { /// x
 Full }
/// x
#[derive(Default)]
pub struct Command { /// x
 pub actor: Option<String>, /// x
 pub id: Option<CommandId>, pub(crate) shard: Option<usize> }
/// x
pub struct CommandId { /// x
 pub scope: String, /// x
 pub key: String, /// x
 pub fingerprint: u64 }
impl Store { /// x
 pub async fn read<T: Send+'static>(&self, _f: impl FnOnce(&Reader<'_>)->Result<T,Error>+Send+'static)->Result<T,Error> { todo!() }
 /// x
  pub async fn write<T: Serialize+DeserializeOwned+Send+'static>(&self, _command: Command, _f: impl FnOnce(&Transaction<'_>)->Result<T,Error>+Send+'static)->Result<T,Error> { todo!() }
  pub(crate) async fn read_announced<T: Send+'static>(&self, _: Option<usize>, _f: impl FnOnce(&Reader<'_>)->Result<T,Error>+Send+'static)->Result<T,Error> { todo!() }
}
pub(crate) struct Opened { pub store: Store, pub head: u64, pub thread: std::thread::JoinHandle<()> }
pub(crate) trait Hook {}
pub(crate) fn open<H: Hook>(_: &StoreConfig, _: &Schema, _: &[Watched], _: impl FnOnce(&rusqlite::Connection) -> Result<H, Error>) -> Result<Opened, Error> { todo!() }
