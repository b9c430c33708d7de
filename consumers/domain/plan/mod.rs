//! The plan of a house: its zones, its tables, its stations, and who changes them.

mod named;
mod stations;
mod tables;
mod zones;

pub use stations::{
    NewStation, Station, StationPatch, add_station, patch_station, station, stations,
};
pub use tables::{NewTable, TablePatch, add_table, patch_table};
pub use zones::{NewZone, Zone, ZonePatch, add_zone, patch_zone, zone, zones};
