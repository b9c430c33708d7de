//! The restaurant.
