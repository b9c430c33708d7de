//! What this service promises, for `/api-docs`.

use super::{kitchen, menu, orders, reports, staff, tables};
use crate::rest::Refused;
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
        orders::items,
        orders::add_items,
        orders::change_item,
        orders::void_item,
        orders::payments,
        orders::pay,
        tables::list,
        tables::show,
        tables::occupy,
        tables::release,
        tables::sessions,
        tables::session,
        tables::change_session,
        menu::menu,
        menu::add,
        menu::change,
        menu::remove,
        menu::categories,
        menu::add_category,
        menu::change_category,
        kitchen::bump,
        kitchen::recall,
        kitchen::seen,
        kitchen::confirm,
        kitchen::confirm_line,
        kitchen::fire,
        kitchen::call,
        kitchen::board,
        staff::waiters,
        staff::tasks_of,
        staff::assign,
        staff::tasks,
        staff::notifications,
        staff::acknowledge,
        staff::alert,
        staff::broadcast,
        reports::report,
    ),
    components(schemas(Refused))
)]
pub struct Contract;
