//! The type that stands for this application.

/// The restaurant. Contexts, registries and signals of this application have it as their type parameter: `Context<Restaurant>`. What it is to the framework, its claims,
/// groups, events and tables, is in `app.rs`.
pub struct Restaurant;
