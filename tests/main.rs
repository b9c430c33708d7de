//! One file for each promise, tested at the wire against the real binary. `tests/run` installs what they need.

mod changes;
mod contract;
mod delivery;
mod dialogues;
mod dining;
mod edge;
mod fuzzing;
mod history;
mod kitchen;
mod lanes;
mod lines;
mod neighbours;
mod openapi;
mod operator;
mod rebuilds;
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
