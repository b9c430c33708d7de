//! What this service promises, for `/api-docs`.

use super::{devices, house, orders, people, qr, reports, requests, sign_in, staff, tables};
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
        sign_in::names,
        sign_in::sign_in,
        sign_in::me,
        people::list,
        people::create,
        people::change,
        devices::pair,
        devices::token,
        devices::list,
        devices::confirm,
        devices::change,
        devices::revoke,
        devices::seen,
        house::show,
        house::change,
        qr::scan,
        qr::show,
        qr::change,
        qr::draw,
        qr::sheet,
        requests::ask,
        requests::cancel,
        requests::change_task,
        sign_in::sign_out,
        staff::menu,
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
