//! What can be typed after `maitred`. Each command is a file.

mod address;
mod backoff;
mod backup;
mod banner;
mod check;
mod command;
mod contract;
mod copying;
mod database;
mod demo_extent;
mod explain;
mod failure;
mod hash;
mod house;
mod identifier;
mod keys;
mod log;
mod migrate;
mod operator;
mod output;
mod ready;
mod restore;
mod routing;
mod rush;
mod send;
mod serve;
mod source;
mod tail;
mod token;
mod walls;

pub use command::run;
