//! One file for each promise, tested at the wire against the real binary. `tests/run` installs what they need.

mod changes;
mod commands;
mod contract;
mod delivery;
mod dialogues;
mod dining;
mod edge;
mod fuzzing;
mod history;
mod illegible;
mod kitchen;
mod lanes;
mod lines;
mod openapi;
mod operator;
mod refusals;
mod resume;
mod staff;
mod stress;
mod support;
mod tidy;
mod timing;
mod tokens;
mod transcripts;
mod workshop;
