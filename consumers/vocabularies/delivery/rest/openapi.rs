//! What this service promises, for `/api-docs`.

use crate::vocabularies::delivery::messages::Mistake;
use utoipa::OpenApi;

/// All of it: [`openapi`](OpenApi::openapi).
#[derive(OpenApi)]
#[openapi(
    paths(
        super::place,
        super::list,
        super::show,
        super::change,
        super::availability,
        super::set_available,
        super::drivers
    ),
    components(schemas(Mistake))
)]
pub struct Contract;
