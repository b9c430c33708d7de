//! The restaurant.

pub mod db;
// 80_00 is 80.00.
#[allow(clippy::inconsistent_digit_grouping)]
pub mod demo;
pub mod domain;
pub mod watched;
