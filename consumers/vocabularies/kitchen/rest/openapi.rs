//! What this service promises, for `/api-docs`.

use super::{alerts, orders};
use crate::vocabularies::kitchen::mistakes::Mistake;
use utoipa::OpenApi;

/// All of it: [`openapi`](OpenApi::openapi).
#[derive(OpenApi)]
#[openapi(
    paths(
        orders::list,
        orders::place,
        orders::show,
        orders::change,
        orders::delete,
        alerts::raise,
    ),
    components(schemas(Mistake))
)]
pub struct Contract;
