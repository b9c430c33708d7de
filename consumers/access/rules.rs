//! The table of who may do what, before it is asked what it is done to.

/// What somebody is, as far as the table of rules tells people apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// No token. The route's policy lets such clients in, in demo mode only; they belong to no restaurant and see what the document's examples show.
    Anonymous,
    /// Somebody who eats: their own visit, table and orders.
    Guest,
    Waiter,
    Kitchen,
    Display,
    /// A device of the house that nobody has signed in on.
    Handheld,
    /// The orders they deliver.
    Driver,
    Manager,
    Admin,
}

/// What can be heard or done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// An order's channels, and reading it.
    HearOrder,
    /// A table's channel, and reading it.
    HearTable,
    /// A visit's channel, and reading it.
    HearSession,
    /// One waiter's inbox and tasks.
    HearWaiter,
    /// A restaurant's notifications.
    HearFloor,
    /// A restaurant's status channel.
    HearRestaurant,
    /// A kitchen's screens: its orders, its stations, its alerts.
    HearKitchen,
    /// The change feed.
    HearChanges,
    /// Orders, tables, visits, waiters, tasks, notifications of a restaurant, page by page.
    ReadLists,
    /// The menu.
    ReadMenu,
    /// Setting an order's status on its socket: "admin only" in the document.
    CommandOrder,
    /// Setting an order's status elsewhere; the workflow says which steps a role may take.
    MoveOrder,
    /// Setting a status against the workflow, with a reason.
    OverrideOrder,
    PlaceOrder,
    /// Adding to an order, changing and voiding its lines.
    EditItems,
    /// Its note, its table, its waiter, its time.
    EditOrder,
    DeleteOrder,
    /// What a cook says of a ticket: done, not done, seen, known.
    Cook,
    /// A later course is due.
    FireCourse,
    /// Calling out again what is ready.
    CallOrder,
    /// What is made first.
    Prioritize,
    /// Sold out, or not any more.
    SetAvailability,
    EditMenu,
    /// Closing all orders of a table.
    CompleteTable,
    TakePayment,
    /// Everything that was paid in a restaurant, page by page.
    ReadPayments,
    /// What became of an order, and who did it.
    ReadHistory,
    /// The numbers of a day.
    ReadNumbers,
    /// Zones, tables and stations.
    EditHouse,
    Occupy,
    Release,
    /// Releasing a table or closing a visit that has not paid, with a reason.
    ForceRelease,
    SetGuests,
    CloseSession,
    Acknowledge,
    AssignTask,
    Alert,
    Broadcast,
    /// The dashboard: hearing of every order, listing them, setting any status, the server's numbers.
    RunDashboard,
    /// Ordering from home, or at the counter's screen.
    OrderOnline,
    /// Reading how far an order is, by whoever has its link.
    TrackOrder,
    /// The delivery platform: those who order, those who cook, those who drive.
    JoinPlatform,
    /// Ordering to be driven.
    OrderDelivery,
    /// Seeing what drivers can take, and taking it.
    TakeOffer,
    /// Giving an order to a driver, or back to all of them.
    AssignDriver,
    /// All orders of a restaurant, on the delivery platform.
    ReadDeliveries,
    /// The names of those who can sign in.
    ReadNames,
    /// Staff: who they are, their PINs, that they have left.
    ManageStaff,
    /// Screens and handhelds: pairing, naming, revoking.
    ManageDevices,
    /// Saying that a device is there.
    ReportDevice,
    /// How the house wants it.
    ReadHouse,
    ManageHouse,
    /// Blocking the code on a table, and showing it.
    BlockQr,
    /// Making the printed codes of a table worthless, and printing all.
    ManageQr,
    /// Calling a waiter and asking for the bill, for a visit.
    Request,
    /// Moving a task on.
    DoTask,
    /// Having a manager allow, by PIN, what one's own role may not.
    AskApproval,
    /// The orders of one's own visit.
    ReadOwnOrders,
    /// What a print shop tells everybody.
    HearWorkshop,
    /// A print shop's orders.
    ReadJobs,
    EditJobs,
}

use Who::{Admin, Anonymous, Display, Driver, Guest, Handheld, Kitchen, Manager, Waiter};

/// The table. Whoever is not named may not.
const RULES: &[(Action, &[Who])] = &[
    (
        Action::HearOrder,
        &[Anonymous, Guest, Waiter, Kitchen, Driver, Manager, Admin],
    ),
    (
        Action::HearTable,
        &[Anonymous, Guest, Waiter, Manager, Admin],
    ),
    (
        Action::HearSession,
        &[Anonymous, Guest, Waiter, Manager, Admin],
    ),
    (Action::HearWaiter, &[Anonymous, Waiter, Manager, Admin]),
    (Action::HearFloor, &[Anonymous, Waiter, Manager, Admin]),
    (
        Action::HearRestaurant,
        &[Anonymous, Waiter, Kitchen, Display, Manager, Admin],
    ),
    (
        Action::HearKitchen,
        &[Waiter, Kitchen, Display, Manager, Admin],
    ),
    (Action::HearChanges, &[Manager, Admin]),
    (Action::ReadLists, &[Waiter, Kitchen, Manager, Admin]),
    (
        Action::ReadMenu,
        &[Anonymous, Guest, Waiter, Kitchen, Display, Manager, Admin],
    ),
    (Action::CommandOrder, &[Manager, Admin]),
    (
        Action::MoveOrder,
        &[Guest, Waiter, Kitchen, Driver, Manager, Admin],
    ),
    (Action::OverrideOrder, &[Manager, Admin]),
    (Action::PlaceOrder, &[Guest, Waiter, Manager, Admin]),
    (Action::EditItems, &[Guest, Waiter, Kitchen, Manager, Admin]),
    (Action::EditOrder, &[Waiter, Manager, Admin]),
    (Action::DeleteOrder, &[Manager, Admin]),
    (Action::Cook, &[Kitchen, Manager, Admin]),
    (Action::FireCourse, &[Waiter, Kitchen, Manager, Admin]),
    (Action::CallOrder, &[Waiter, Kitchen, Manager, Admin]),
    (Action::Prioritize, &[Waiter, Kitchen, Manager, Admin]),
    (Action::SetAvailability, &[Waiter, Kitchen, Manager, Admin]),
    (Action::EditMenu, &[Manager, Admin]),
    (Action::CompleteTable, &[Waiter, Kitchen, Manager, Admin]),
    (Action::TakePayment, &[Waiter, Manager, Admin]),
    (Action::ReadPayments, &[Waiter, Manager, Admin]),
    (Action::ReadHistory, &[Waiter, Manager, Admin]),
    (Action::ReadNumbers, &[Manager, Admin]),
    (Action::EditHouse, &[Manager, Admin]),
    (Action::Occupy, &[Anonymous, Waiter, Manager, Admin]),
    (Action::Release, &[Anonymous, Waiter, Manager, Admin]),
    (Action::ForceRelease, &[Manager, Admin]),
    (Action::SetGuests, &[Anonymous, Waiter, Manager, Admin]),
    (Action::CloseSession, &[Anonymous, Waiter, Manager, Admin]),
    (Action::Acknowledge, &[Anonymous, Waiter, Manager, Admin]),
    (Action::AssignTask, &[Waiter, Manager, Admin]),
    (Action::Alert, &[Waiter, Kitchen, Manager, Admin]),
    (Action::Broadcast, &[Manager, Admin]),
    (Action::RunDashboard, &[Manager, Admin]),
    (
        Action::OrderOnline,
        &[Anonymous, Guest, Waiter, Manager, Admin],
    ),
    (
        Action::TrackOrder,
        &[Anonymous, Guest, Waiter, Kitchen, Driver, Manager, Admin],
    ),
    (Action::JoinPlatform, &[Guest, Driver, Manager, Admin]),
    (Action::OrderDelivery, &[Guest, Manager, Admin]),
    (Action::TakeOffer, &[Driver]),
    (Action::AssignDriver, &[Driver, Manager, Admin]),
    (Action::ReadDeliveries, &[Manager, Admin]),
    (
        Action::ReadNames,
        &[
            Anonymous, Waiter, Kitchen, Display, Handheld, Driver, Manager, Admin,
        ],
    ),
    (Action::ManageStaff, &[Manager, Admin]),
    (Action::ManageDevices, &[Manager, Admin]),
    (
        Action::ReportDevice,
        &[Waiter, Kitchen, Display, Handheld, Driver, Manager, Admin],
    ),
    (
        Action::ReadHouse,
        &[Waiter, Kitchen, Display, Handheld, Driver, Manager, Admin],
    ),
    (Action::ManageHouse, &[Manager, Admin]),
    (Action::BlockQr, &[Waiter, Manager, Admin]),
    (Action::ManageQr, &[Manager, Admin]),
    (Action::Request, &[Guest, Waiter, Manager, Admin]),
    (Action::DoTask, &[Waiter, Kitchen, Manager, Admin]),
    (Action::AskApproval, &[Waiter, Kitchen, Manager, Admin]),
    (Action::ReadOwnOrders, &[Guest]),
    (
        Action::HearWorkshop,
        &[
            Anonymous, Guest, Waiter, Kitchen, Display, Driver, Manager, Admin,
        ],
    ),
    (Action::ReadJobs, &[Waiter, Kitchen, Manager, Admin]),
    (Action::EditJobs, &[Waiter, Kitchen, Manager, Admin]),
];

/// The roles that may do this, whatever it is done to.
pub(super) fn allowed(action: Action) -> &'static [Who] {
    let found = RULES.iter().find(|(known, _)| *known == action);
    found.map_or(&[][..], |(_, who)| who)
}
