//! What this service promises, for `/api-docs`.

use crate::vocabularies::workshop::messages::Mistake;
use utoipa::OpenApi;

/// All of it: [`openapi`](OpenApi::openapi).
#[derive(OpenApi)]
#[openapi(
    paths(super::list, super::create, super::show, super::change, super::delete),
    components(schemas(Mistake))
)]
pub struct Contract;
