//! The menu: dishes, what can be changed about them, what is sold out, and who may change it.

mod categories;
mod choices;
mod dishes;
mod editing;
mod groups;

pub use categories::{
    Category, CategoryPatch, NewCategory, add_category, categories, category, patch_category,
};
pub(super) use choices::choose;
pub use choices::{Choice, Group, groups};
pub use dishes::{Dish, dish, dishes, facts};
pub use editing::{DishPatch, NewDish, add, patch, remove, set_available};
pub use groups::{WantedChoice, WantedGroup};
