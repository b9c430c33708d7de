//! What this service promises, for `/api-docs`.

use super::envelope::Mistake;
use super::{login, orders, stats};
use utoipa::OpenApi;

/// All of it: [`openapi`](OpenApi::openapi).
#[derive(OpenApi)]
#[openapi(
    paths(
        login::login,
        orders::place,
        orders::track,
        orders::list,
        orders::set_status,
        stats::show,
    ),
    components(schemas(Mistake))
)]
pub struct Contract;
